// What the commands that learn from a table share: their options, what is read and asked for, and
// what is written and said in the end.
import path from 'node:path';
import type { Arguments, OptionSpec } from '../args.js';
import { CliError, quoted, usageError } from '../errors.js';
import { writeFile } from '../output.js';
import { tableReportPage } from '../report/table-report.js';
import { readTableData, type TableData, type TableDataOptions } from '../table-data.js';
import { curveLines, figureLines } from '../table-text.js';
import { counted, secondsSince, size, type Terminal } from '../terminal.js';
import type { TableOptions, TableReport, TrainedModel } from '../training.js';
import { datesOf, datesOption, encodingOption, licenceOption, seedOption } from './common.js';

const kLargestSeed = 4_294_967_295;

const taskOptions: readonly OptionSpec[] = [
  { name: 'classify', help: 'the target is a class, also where it is written as a number' },
  { name: 'regress', help: 'the target is a number' },
];
const weightOption: OptionSpec = {
  name: 'class-weight',
  value: 'KIND',
  help: 'balanced: rare classes weigh as much as common ones',
  choices: ['balanced', 'none'],
};
/** Of every command that learns from a table. */
export const commonOptions: readonly OptionSpec[] = [
  {
    name: 'input',
    value: 'FILE',
    help: 'CSV with a header: a row for each example',
    required: true,
  },
  { name: 'target', value: 'COLUMN', help: 'the column to be predicted', required: true },
  { name: 'out', value: 'FILE', help: 'the model, ONNX; without it nothing is written' },
  { name: 'report', value: 'FILE', help: 'the report, HTML; beside the model otherwise' },
  { name: 'test', value: 'FILE', help: 'CSV with the same columns to test on, instead of a split' },
  {
    name: 'test-size',
    value: 'SHARE',
    help: 'share of the rows that is held out for the test',
    default: '0.2',
  },
  {
    name: 'split',
    value: 'KIND',
    help: 'stratified: every class has its share; shuffle-numpy: row for row as train_test_split of scikit-learn; time: the latest rows are tested. Numbers are always shuffled unless by time',
    choices: ['stratified', 'shuffle-numpy', 'time'],
  },
  { name: 'time', value: 'COLUMN', help: 'the column of --split time' },
  {
    name: 'cv',
    value: 'FOLDS',
    help: 'figures by cross-validation within the rows to learn from as well',
    min: 2,
    max: 50,
  },
  {
    name: 'category',
    value: 'COLUMN',
    help: 'take its numbers for names: months, postcodes, types',
    repeated: true,
  },
  { name: 'drop', value: 'COLUMN', help: 'leave this column out', repeated: true },
  {
    name: 'keep',
    value: 'COLUMN',
    help: 'use this column although it looks like an id or gives the target away',
    repeated: true,
  },
  {
    name: 'missing',
    value: 'TEXT',
    help: 'a cell with this text is empty, as NA, NaN, null and ? are',
    repeated: true,
  },
  { ...seedOption, max: kLargestSeed },
  { ...encodingOption, help: 'encoding of the CSV files; UTF-8 or UTF-16 unless told' },
  datesOption,
  licenceOption,
  ...taskOptions,
  weightOption,
];

/** A decimal option within [least, most]. */
export function decimal(
  args: Arguments,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= least && value <= most)) {
    throw usageError('the value is out of range', {
      place: `--${name}`,
      expected: `a number from ${least} to ${most}`,
      found: text,
    });
  }
  return value;
}

/** What the target is taken for, if that is said. */
export function taskOf(args: Arguments): 'classify' | 'regress' | undefined {
  const [classify, regress] = [args.flag('classify'), args.flag('regress')];
  if (classify && regress) {
    throw usageError('the target is either a class or a number', {
      expected: '--classify or --regress',
    });
  }
  return classify ? 'classify' : regress ? 'regress' : undefined;
}

/** Whether rare classes weigh as much as common ones. */
export function balancedOf(args: Arguments, { task }: TableData): boolean {
  const balanced = args.text('class-weight') === 'balanced';
  if (balanced && task === 'regress') {
    throw usageError('class weights are for classes', {
      place: '--class-weight',
      found: `${quoted(args.needed('target'))} is a number`,
    });
  }
  return balanced;
}

/** How the rows are parted into those learnt from and those tested, as far as it is said. */
export interface Parting {
  split: string | undefined;
  time: string | undefined;
  testShare: number | undefined;
}

/** Checks what options say of each other. */
export function partingOf(args: Arguments): Parting {
  const time = args.text('time');
  const split = args.text('split') ?? (time === undefined ? undefined : 'time');
  if (split === 'time' && time === undefined) {
    throw usageError('--time is missing', {
      expected: '--time COLUMN: the column of --split time',
    });
  }
  if (split !== 'time' && time !== undefined) {
    throw usageError('--time belongs to --split time', { found: `--split ${split}` });
  }
  if (args.text('test') !== undefined && split !== undefined) {
    throw usageError('a test file leaves nothing to split', {
      expected: '--test or --split',
      found: 'both',
    });
  }
  return { split, time, testShare: decimal(args, 'test-size', 0.001, 0.999) };
}

/** All cells [columns][rows]; the data's own are gone afterwards. */
export function cellsOf(data: TableData): Float64Array {
  const cells = new Float64Array(data.rows * data.columns.length);
  for (const [c, column] of data.columns.entries()) {
    cells.set(column.cells, c * data.rows);
    column.cells = new Float64Array();
  }
  return cells;
}

/** The columns as the trainer is told of them. */
export function columnsOf(data: TableData): TableOptions['columns'] {
  return data.columns.map(({ name, kind, levels }) => ({
    name,
    kind,
    ...(levels === undefined ? {} : { levels }),
  }));
}

/** Reads --input, and --test, by the options that these commands have, or as it is wanted. */
export function readData(
  args: Arguments,
  terminal: Terminal,
  { time }: Parting,
  wanted: Pick<TableDataOptions, 'task' | 'treatment' | 'advice'> &
    Partial<Pick<TableDataOptions, 'categories' | 'keep'>>,
): Promise<TableData> {
  return readTableData(args.needed('input'), {
    ...wanted,
    target: args.needed('target'),
    test: args.text('test'),
    time,
    categories: wanted.categories ?? args.texts('category'),
    leftOut: args.texts('drop'),
    keep: wanted.keep ?? args.texts('keep'),
    missing: args.texts('missing'),
    encoding: args.text('encoding'),
    dates: datesOf(args),
    progress: (file) => terminal.reading(file),
  });
}

/** What every trainer of tables is asked alike (wasm/train.h), but for the columns. */
export function requestOf(
  args: Arguments,
  data: TableData,
  { split, testShare }: Parting,
): Record<string, unknown> {
  const licence = args.text('licence');
  return {
    seed: args.integer('seed') ?? 42,
    ...(testShare === undefined ? {} : { test_share: testShare }),
    test_rows: data.testRows,
    keep: data.keep,
    data: { file: data.facts.file, rows: data.rows },
    ...(split === undefined ? {} : { split }),
    ...(data.time === undefined ? {} : { time: data.time }),
    ...(licence === undefined ? {} : { licence }),
  };
}

/** What the trainer refuses is told with the file's name. */
export function naming<T>(data: TableData, training: Promise<T>): Promise<T> {
  return training.catch((error: unknown) => {
    if (!(error instanceof CliError) || error.code !== 'training-failed') throw error;
    throw new CliError(error.code, error.message, { file: data.facts.file }, error);
  });
}

/** The part of a report that every kind has. */
interface AnyReport extends Pick<TableReport, 'columns' | 'warnings'> {
  examples: { row: number; line?: number }[];
}

/** Writes the model and its report, and tells what came of it. */
export function conclude<Report extends AnyReport>(
  args: Arguments,
  terminal: Terminal,
  start: number,
  data: TableData,
  { model, report }: TrainedModel<Report>,
  say: {
    page: (of: { report: Report; data: TableData; file: string }) => string;
    /** The figure that --json names first. */
    headline: object;
    lines: readonly string[];
  },
): void {
  const input = args.needed('input');
  const out = args.text('out');
  for (const example of report.examples) example.line = data.lines[example.row] as number;
  const reportFile = args.text('report') ?? out?.replace(/(\.onnx)?$/i, '.report.html');
  if (out !== undefined) writeFile(out, model);
  if (reportFile !== undefined) {
    writeFile(reportFile, say.page({ report, data, file: path.basename(input) }));
  }
  for (const note of [...data.notes, ...report.warnings]) terminal.note(note);
  const seconds = secondsSince(start);
  terminal.result(
    {
      ...say.headline,
      ...report,
      bytes: model.byteLength,
      seconds,
      left_out: data.leftOut,
      ignored: data.ignored,
      notes: data.notes,
      ...(out === undefined ? {} : { model: out, report: reportFile }),
    },
    [
      `${input}: ${counted(data.rows, 'row')}, ${counted(report.columns.length, 'column')}.`,
      ...say.lines,
      out === undefined
        ? `Wrote nothing: --out FILE.onnx keeps the model. ${seconds} s.`
        : `Wrote ${out}, ${size(model.byteLength)}, and ${reportFile}, in ${seconds} s.`,
    ],
  );
}

/** The same for models of a class or a number; `columns` says what was learnt from. */
export function concludeTable(
  args: Arguments,
  terminal: Terminal,
  start: number,
  data: TableData,
  trained: TrainedModel<TableReport>,
  columns: readonly string[],
): void {
  const { report } = trained;
  const headline = report.task === 'classify' ? 'accuracy' : 'r2';
  conclude(args, terminal, start, data, trained, {
    page: tableReportPage,
    headline: { [headline]: report.metrics[headline] },
    lines: [...columns, ...curveLines(report), ...figureLines(report)],
  });
}
