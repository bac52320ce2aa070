// `storewise train uplift`: a randomised experiment in; an ONNX file that says of a person how much
// a treatment changes what they do, honest figures and a report out.
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec, OptionSpec } from '../args.js';
import { quoted, usageError } from '../errors.js';
import { upliftReportPage } from '../report/uplift-report.js';
import type { TableData } from '../table-data.js';
import type { Terminal } from '../terminal.js';
import { trainUplift, upliftLines } from '../uplift.js';
import type { Command } from './common.js';
import {
  cellsOf,
  columnsOf,
  commonOptions,
  conclude,
  naming,
  partingOf,
  readData,
  requestOf,
} from './table-command.js';

const kNotOfUplift = new Set(['cv', 'classify', 'regress', 'class-weight']);

const upliftOptions: readonly OptionSpec[] = commonOptions
  .filter(({ name }) => !kNotOfUplift.has(name))
  .flatMap((option): OptionSpec[] => {
    switch (option.name) {
      case 'target':
        return [
          {
            ...option,
            help: 'the column of what people did: a number, 0 and 1, or yes and no',
          },
          {
            name: 'treatment',
            value: 'COLUMN',
            help: 'the column of how they were treated, drawn by chance: one value is the control',
            required: true,
          },
          {
            name: 'control',
            value: 'VALUE',
            help: 'the value that means: not treated; guessed where one says so (0, no, none, control)',
          },
        ];
      case 'test-size':
        return [{ ...option, default: '0.3' }];
      case 'split':
        return [
          {
            ...option,
            help: 'stratified: every arm has its share; shuffle-numpy: row for row as train_test_split of scikit-learn; time: the latest rows are tested',
          },
        ];
      case 'keep':
        return [
          {
            ...option,
            help: 'use this column although it looks like an id, gives the target away or differs between the arms',
          },
        ];
      default:
        return [option];
    }
  });

const spec: CommandSpec = {
  name: 'train uplift',
  summary: 'Trains who to treat (an offer, an e-mail) from a randomised experiment.',
  positionals: [],
  options: upliftOptions,
  notes: [
    'The model says of a person how much each treatment changes the target. Several learners are compared within the rows to learn from; the figures are of rows that the model did not see, with 95 % intervals, against random targeting.',
    'Treatments must have been drawn by chance: an experiment in which the columns tell who was treated is refused, and columns written down after the treatment are left out.',
  ],
  example:
    'storewise train uplift --input mailing.csv --target bought --treatment mail --out mail.onnx',
};

const kControl =
  /^(0|no|none|nothing|control|not? .+|no[-_].+|.+[-_ ]control|control[-_ ].+|untreated|placebo|holdout|hold-?out|baseline|kontroll.*|keine?\b.*|ohne\b.*|对照.*|无.*)$/i;

/** The place of the control among the treatment's levels. */
function controlOf(data: TableData, wanted: string | undefined): { at: number; guessed: boolean } {
  const column = data.columns[data.treatment as number];
  const levels = column?.levels ?? [];
  const all = levels.map((level) => quoted(level)).join(', ');
  if (wanted !== undefined) {
    const exact = levels.indexOf(wanted);
    const alike = levels.findIndex((level) => level.toLowerCase() === wanted.toLowerCase());
    const at = exact >= 0 ? exact : alike;
    if (at >= 0) return { at, guessed: false };
    throw usageError('no row has this control', {
      place: '--control',
      expected: `one of ${all}`,
      found: quoted(wanted),
    });
  }
  if (column?.kind === 'boolean') return { at: 0, guessed: false };
  const found = levels.flatMap((level, i) => (kControl.test(level) ? [i] : []));
  if (found.length === 1) return { at: found[0] as number, guessed: true };
  throw usageError('it is not clear which value is the control', {
    file: data.facts.file,
    place: `column ${quoted(column?.name ?? '')}`,
    expected: `--control with one of ${all}`,
    found: found.length === 0 ? 'none that says so' : 'several that might be',
  });
}

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const parting = partingOf(args);
  const data = await readData(args, terminal, parting, {
    task: 'outcome',
    treatment: args.needed('treatment'),
  });
  const control = controlOf(data, args.text('control'));
  const treatment = data.columns[data.treatment as number];
  if (control.guessed) {
    const level = treatment?.levels?.[control.at] ?? '';
    data.notes.push(
      `${quoted(level)} is taken for the control of ${quoted(treatment?.name ?? '')} (--control says otherwise)`,
    );
  }
  const trained = await naming(
    data,
    trainUplift(
      cellsOf(data),
      data.rows,
      {
        columns: columnsOf(data),
        target: data.target,
        treatment: data.treatment,
        control: control.at,
        ...requestOf(args, data, parting),
      },
      terminal.progress,
    ),
  );
  conclude(args, terminal, start, data, trained, {
    page: upliftReportPage,
    headline: { qini: trained.report.effects[0]?.metrics['qini'] },
    lines: upliftLines(trained.report, data),
  });
}

export const trainUpliftCommand: Command = { spec, run };
