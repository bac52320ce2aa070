// `storewise train tree`, `forest`, `boosted`, `svm`, `linear` and `logistic`: any CSV and a target
// column in; an honest figure, an ONNX file and a report out.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec, OptionSpec } from '../args.js';
import { CliError, quoted, usageError } from '../errors.js';
import { writeFile } from '../output.js';
import { tableReportPage } from '../report/table-report.js';
import { readTableData, type TableData } from '../table-data.js';
import { columnLines, figureLines } from '../table-text.js';
import { counted, secondsSince, size, type Terminal } from '../terminal.js';
import { type TableKind, trainTable } from '../training.js';
import {
  type Command,
  datesOf,
  datesOption,
  encodingOption,
  licenceOption,
  seedOption,
} from './common.js';

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

const depth: OptionSpec = {
  name: 'depth',
  value: 'N',
  help: 'levels of a tree at most',
  min: 1,
  max: 1000,
};
const minLeaf: OptionSpec = {
  name: 'min-leaf',
  value: 'ROWS',
  help: 'rows that a leaf must have',
  min: 1,
  max: 1_000_000,
};
const cost: OptionSpec = {
  name: 'cost',
  value: 'C',
  help: 'what a mistake costs: a small one keeps the model plain (1 unless told)',
};

interface Kind {
  kind: TableKind;
  summary: string;
  options: readonly OptionSpec[];
  notes?: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    kind: 'tree',
    summary: 'Trains a decision tree, pruned by cross-validation, from a table.',
    options: [
      depth,
      minLeaf,
      {
        name: 'alpha',
        value: 'A',
        help: 'what a leaf costs in pruning, instead of the search for it',
      },
    ],
  },
  {
    kind: 'forest',
    summary: 'Trains a random forest from a table.',
    options: [
      { name: 'trees', value: 'N', help: 'how many (100 unless told)', min: 1, max: 10_000 },
      depth,
      minLeaf,
    ],
  },
  {
    kind: 'boosted',
    summary: 'Trains gradient-boosted trees from a table: most often the best figures.',
    options: [
      {
        name: 'rounds',
        value: 'N',
        help: 'at most; it stops when no round helps',
        min: 1,
        max: 10_000,
      },
      { name: 'learning-rate', value: 'R', help: 'how far each round goes, above 0 to 1' },
      depth,
      minLeaf,
    ],
  },
  {
    kind: 'svm',
    summary: 'Trains a support vector machine from a table.',
    options: [
      {
        name: 'kernel',
        value: 'KIND',
        help: 'rbf, or linear for more than 20,000 rows (auto unless told)',
        choices: ['auto', 'rbf', 'linear'],
      },
      cost,
      {
        name: 'gamma',
        value: 'G',
        help: 'how near the RBF kernel looks; from the data unless told',
      },
    ],
    notes: ['With an RBF kernel the time grows with the square of the rows.'],
  },
  {
    kind: 'linear',
    summary: 'Trains a linear regression (ridge or elastic net) from a table.',
    options: [
      { name: 'alpha', value: 'A', help: 'the size of the penalty (1 unless told)' },
      {
        name: 'l1-ratio',
        value: 'SHARE',
        help: 'elastic net: 1 is the lasso, which sets weights to nothing; needs --alpha',
      },
    ],
  },
  {
    kind: 'logistic',
    summary: 'Trains a logistic regression from a table.',
    options: [cost],
  },
];

function specOf({ kind, summary, options, notes = [] }: Kind): CommandSpec {
  return {
    name: `train ${kind}`,
    summary,
    positionals: [],
    options: [...commonOptions, ...options],
    notes: [
      'Reads numbers, categories, yes and no, dates and empty cells; prints what it made of each column. The figures are of rows that the model did not see, with 95 % intervals.',
      ...notes,
    ],
    example: `storewise train ${kind} --input data.csv --target ${kind === 'linear' ? 'price' : 'label'} --out ${kind}.onnx`,
  };
}

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

function taskOf(kind: TableKind, args: Arguments): 'classify' | 'regress' | undefined {
  const [classify, regress] = [args.flag('classify'), args.flag('regress')];
  if (classify && regress) {
    throw usageError('the target is either a class or a number', {
      expected: '--classify or --regress',
    });
  }
  if (classify && kind === 'linear') {
    throw usageError('a linear regression predicts numbers', {
      place: '--classify',
      expected: 'storewise train logistic',
    });
  }
  if (regress && kind === 'logistic') {
    throw usageError('a logistic regression predicts classes', {
      place: '--regress',
      expected: 'storewise train linear',
    });
  }
  if (classify || kind === 'logistic') return 'classify';
  return regress || kind === 'linear' ? 'regress' : undefined;
}

/** What the options of a kind say, under the trainer's names. */
function settingsOf(kind: Kind, args: Arguments): Record<string, number | string> {
  const has = new Set(kind.options.map(({ name }) => name));
  const settings: Record<string, number | string> = {};
  const set = (name: string, value: number | string | undefined): void => {
    if (value !== undefined) settings[name.replaceAll('-', '_')] = value;
  };
  for (const name of ['depth', 'min-leaf', 'trees', 'rounds']) {
    if (has.has(name)) set(name, args.integer(name));
  }
  for (const [name, least, most] of [
    ['learning-rate', 1e-6, 1],
    ['cost', 1e-9, 1e9],
    ['gamma', 1e-9, 1e9],
    ['alpha', 0, 1e9],
    ['l1-ratio', 0, 1],
  ] as const) {
    if (has.has(name)) set(name, decimal(args, name, least, most));
  }
  if (has.has('kernel')) set('kernel', args.text('kernel'));
  return settings;
}

/** Checks what options say of each other. */
export function splitOf(args: Arguments): { split: string | undefined; time: string | undefined } {
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
  return { split, time };
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

async function run(kind: Kind, args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const input = args.needed('input');
  const out = args.text('out');
  const { split, time } = splitOf(args);
  const settings = settingsOf(kind, args);
  const testShare = decimal(args, 'test-size', 0.001, 0.999) ?? 0.2;
  const task = taskOf(kind.kind, args);
  const data = await readTableData(input, {
    target: args.needed('target'),
    task,
    test: args.text('test'),
    time,
    categories: args.texts('category'),
    leftOut: args.texts('drop'),
    keep: args.texts('keep'),
    missing: args.texts('missing'),
    encoding: args.text('encoding'),
    dates: datesOf(args),
    progress: (file) => terminal.reading(file),
  });
  const balanced = kind.options.includes(weightOption) && args.text('class-weight') === 'balanced';
  if (balanced && data.task === 'regress') {
    throw usageError('class weights are for classes', {
      place: '--class-weight',
      found: `${quoted(args.needed('target'))} is a number`,
    });
  }
  const licence = args.text('licence');
  const { model, report } = await trainTable(
    cellsOf(data),
    data.rows,
    {
      kind: kind.kind,
      classes: data.task === 'classify',
      columns: data.columns.map(({ name, kind: is, levels }) => ({
        name,
        kind: is,
        ...(levels === undefined ? {} : { levels }),
      })),
      target: data.target,
      settings: {
        ...settings,
        balanced,
        seed: args.integer('seed') ?? 42,
        test_share: testShare,
        test_rows: data.testRows,
        folds: args.integer('cv') ?? 0,
        keep: data.keep,
        data: { file: data.facts.file, rows: data.rows },
        ...(split === undefined ? {} : { split }),
        ...(data.time === undefined ? {} : { time: data.time }),
        ...(licence === undefined ? {} : { licence }),
      },
    },
    terminal.progress,
  ).catch((error: unknown) => {
    if (!(error instanceof CliError) || error.code !== 'training-failed') throw error;
    throw new CliError(error.code, error.message, { file: data.facts.file }, error);
  });
  for (const example of report.examples) example.line = data.lines[example.row] as number;
  const reportFile = args.text('report') ?? out?.replace(/(\.onnx)?$/i, '.report.html');
  if (out !== undefined) writeFile(out, model);
  if (reportFile !== undefined) {
    writeFile(reportFile, tableReportPage({ report, data, file: path.basename(input) }));
  }
  for (const note of [...data.notes, ...report.warnings]) terminal.note(note);
  const seconds = secondsSince(start);
  const headline = report.task === 'classify' ? 'accuracy' : 'r2';
  const written =
    out === undefined
      ? `Wrote nothing: --out FILE.onnx keeps the model. ${seconds} s.`
      : `Wrote ${out}, ${size(model.byteLength)}, and ${reportFile}, in ${seconds} s.`;
  terminal.result(
    {
      [headline]: report.metrics[headline],
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
      ...columnLines(report, data),
      ...figureLines(report),
      written,
    ],
  );
}

export const trainTableCommands: readonly Command[] = kinds.map((kind) => ({
  spec: specOf(kind),
  run: (args, terminal) => run(kind, args, terminal),
}));
