// `storewise train intents`: a log of events, or a table of finished visits, in; the file out that
// tells a page what a visitor is about to do.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec } from '../args.js';
import { readCatalogue } from '../catalogue.js';
import { usageError } from '../errors.js';
import {
  byIntent,
  type IntentsReport,
  readIntentLog,
  readVisitTable,
  trainIntents,
} from '../intents.js';
import { writeFile } from '../output.js';
import { counted, percent, secondsSince, size, type Terminal, whole } from '../terminal.js';
import {
  type Command,
  datesOf,
  datesOption,
  encodingOption,
  licenceOption,
  seedOption,
} from './common.js';

const spec: CommandSpec = {
  name: 'train intents',
  summary: 'Learns from visits who is about to buy and who is about to leave.',
  positionals: [],
  options: [
    {
      name: 'events',
      value: 'FILE',
      help: 'a log, CSV: session, item, time, event (view, add, remove, purchase, products, account, information); optional user, quantity',
    },
    {
      name: 'visits',
      value: 'FILE',
      help: 'instead: a table of finished visits, CSV: purchase, and numbers of the visit such as product_pages, seconds, returning',
    },
    { name: 'catalog', value: 'FILE', help: 'products of the log, CSV: prices and categories' },
    { name: 'out', value: 'FILE', help: 'the model, ONNX', required: true },
    {
      name: 'source',
      value: 'NAME',
      help: 'what pages say of the answers: shop, or default for another shop’s visits',
      choices: ['shop', 'default'],
      default: 'shop',
    },
    seedOption,
    encodingOption,
    datesOption,
    licenceOption,
  ],
  notes: [
    'The first three fifths of the visits teach, the next fifth makes probabilities of the scores, the\n' +
      'last is the test; the model then learns from all. A table has no times: its fifths are drawn.',
  ],
  example: 'storewise train intents --events events.csv --catalog products.csv --out intents.onnx',
};

/** The figures in sentences. */
export function intentLines(report: IntentsReport): string[] {
  return byIntent(report.metrics).map(([intent, figures]) => {
    const { auc, calibration_error, base_rate, baselines } = figures;
    const number = (value: number | null): string => value?.toFixed(3) ?? '-';
    return (
      `${intent}: AUC ${number(auc.value)} (${number(auc.low)} to ${number(auc.high)}; by the number of events alone ` +
      `${number(baselines.events.auc.value)}), calibration error ${percent(calibration_error)}, ` +
      `${percent(base_rate)} did, tested on ${counted(figures.rows.test, 'moment')}.`
    );
  });
}

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const out = args.needed('out');
  const [events, visits, catalog] = ['events', 'visits', 'catalog'].map((name) => args.text(name));
  if ((events === undefined) === (visits === undefined)) {
    throw usageError('one file of visits is needed', { expected: 'either --events or --visits' });
  }
  const options = { encoding: args.text('encoding'), dates: datesOf(args) };
  const input = (events ?? visits) as string;
  const progress = terminal.reading(input);
  const catalogue =
    catalog === undefined || events === undefined
      ? undefined
      : await readCatalogue(catalog, { encoding: options.encoding });
  const data =
    events === undefined
      ? await readVisitTable(input, { ...options, progress })
      : await readIntentLog(events, catalogue, { ...options, progress });
  const { model, report } = await trainIntents(
    data,
    {
      seed: args.integer('seed') ?? 42,
      source: args.text('source') ?? 'shop',
      licence: args.text('licence'),
      data: { file: path.basename(input), rows: data.rows },
    },
    terminal.progress,
  );
  writeFile(out, model);
  for (const note of data.notes) terminal.note(note);
  const seconds = secondsSince(start);
  terminal.result(
    { ...report, bytes: model.byteLength, seconds, left_out: data.leftOut, notes: data.notes },
    [
      `Learnt from ${counted(report.visits, 'visit')}, of which ${whole(report.buyers)} bought.`,
      ...data.leftOut.map((entry) => `  left out: ${entry.reason}: ${whole(entry.count)}`),
      ...intentLines(report),
      `Wrote ${out}, ${size(model.byteLength)}, in ${seconds} s.`,
    ],
  );
}

export const trainIntentsCommand: Command = { spec, run };
