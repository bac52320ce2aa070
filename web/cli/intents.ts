// What visitors are about to do: reads a log of events (`session,item,time,event`, optional `user`,
// `quantity`) or a table of finished visits, and asks the trainer. Rows of the log that are of no
// known event, or about a product that the product list lacks, are left out and counted; a log with
// more unknown events than known ones is refused.
import path from 'node:path';
import type { Catalogue } from './catalogue.js';
import { Float64Column, Interner } from './columns.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import { eventKind, isPage, kEventKinds } from './event-kinds.js';
import {
  cutAtPauses,
  kCutAtPauses,
  kEventColumns,
  kOtherEvents,
  kUnknownItems,
  noSession,
} from './events.js';
import { type LeftOut, LeftOutTally } from './left-out.js';
import type { Progress } from './terminal.js';
import { type TrainedModel, trainInWorker } from './training.js';

/** A figure of the test; 95 of 100 resamples of its visits lie between `low` and `high`. */
interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

interface Figures {
  auc: Figure;
  log_loss: Figure;
  brier: Figure;
}

export interface IntentFigures extends Figures {
  calibration_error: number;
  base_rate: number;
  threshold: number;
  trees: number;
  rows: { teach: number; calibrate: number; test: number };
  baselines: { base_rate: Figures; events: Figures };
  /** Tenths of the scale; not in a model's metadata. */
  calibration?: { rows: number; claimed: number; true: number }[];
}

/** What the trainer says of intents (wasm/train.h). */
export interface IntentsReport {
  visits: number;
  buyers: number;
  rows: number;
  split: 'time' | 'drawn';
  metrics: { [intent: string]: IntentFigures };
  bytes: number;
}

/** The figures of each intent, who is about to buy first. */
export function byIntent(metrics: IntentsReport['metrics']): [string, IntentFigures][] {
  const rank = ([intent]: [string, unknown]) => (intent === 'purchase-intent' ? 0 : 1);
  return Object.entries(metrics).sort((a, b) => rank(a) - rank(b));
}

/** Rows for the trainer, [columns][rows]. */
export interface IntentData {
  facts: TableFacts;
  cells: Float64Array;
  rows: number;
  /** What the trainer must know of the columns or the products. */
  options: object;
  leftOut: LeftOut[];
  notes: string[];
}

interface ReadOptions {
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  progress?: ReadProgress | undefined;
  /** What else can be done where a log is not understood, as the message says it. */
  instead?: string | undefined;
}

/** src/behaviour/visit_features.h has them and their units. */
const kFeatures = [
  'views',
  'product_pages',
  'account_pages',
  'information_pages',
  'pages',
  'products',
  'repeat_views',
  'adds',
  'removes',
  'purchases',
  'product_seconds',
  'account_seconds',
  'information_seconds',
  'seconds',
  'mean_dwell',
  'last_dwell',
  'idle_seconds',
  'basket_pieces',
  'basket_value',
  'relative_price',
  'discounted_share',
  'hour',
  'weekday',
  'month',
  'weekend',
  'returning',
];

const kLogColumns: readonly ColumnSpec[] = kEventColumns.map((column) =>
  ['time', 'event'].includes(column.name) ? { ...column, required: true } : column,
);
const kSecondsOfDay = 86_400;

/**
 * Reads a log of events. `training-failed` is a log that cannot teach, such as one whose times are
 * days; `invalid-input` one that is not understood.
 */
export async function readIntentLog(
  file: string,
  catalogue: Catalogue | undefined,
  options: ReadOptions = {},
): Promise<IntentData> {
  const { encoding, progress } = options;
  const reader = new LogReader(path.basename(file), catalogue, options);
  const facts = await readTable(file, { columns: kLogColumns, encoding, progress }, reader);
  return reader.finish(facts);
}

class LogReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly visitors_ = new Interner();
  private readonly items_ = new Interner();
  private readonly users_ = new Interner();
  private readonly columns_ = Array.from({ length: 6 }, () => new Float64Column());
  private readonly time_ = new DateColumn();
  private readonly unknown_: string[] = [];
  /** Of other kinds, as the file has them. */
  private readonly others_ = new Map<string, number>();
  private firstOther_ = 0;

  constructor(
    private readonly file_: string,
    private readonly catalogue_: Catalogue | undefined,
    private readonly options_: ReadOptions,
  ) {}

  header(header: Header, problems: Problems): void {
    if (!header.has('session') && !header.has('user')) throw noSession(this.file_, header.names);
    this.header_ = header;
    this.problems_ = problems;
  }

  row(fields: readonly string[], line: number): void {
    const cell = (column: string): string => this.header_.cell(fields, column);
    const bad = (summary: string, column: string, expected: string): void =>
      this.problems_.add(
        summary,
        line,
        this.header_.original(column),
        expected,
        quoted(cell(column)),
      );
    const event = eventKind(cell('event'));
    if (event < 0) {
      if (this.others_.size === 0) this.firstOther_ = line;
      this.others_.set(cell('event'), (this.others_.get(cell('event')) ?? 0) + 1);
      return;
    }
    const by = this.header_.has('session') ? 'session' : 'user';
    const visitor = cell(by);
    if (visitor === '') {
      bad(`the ${by} is empty`, by, `a ${by} id`);
      return;
    }
    const item = cell('item');
    let product = 0;
    if (!isPage(event)) {
      if (item === '') {
        bad('the item is empty', 'item', 'an item code');
        return;
      }
      const row = this.catalogue_?.rowOf.get(item);
      if (this.catalogue_ !== undefined && row === undefined) {
        this.unknown_.push(item);
        return;
      }
      product = row ?? this.items_.add(item);
    }
    const quantity = cell('quantity');
    const pieces = quantity === '' ? (event === 1 || event === 0 ? 1 : 0) : Number(quantity);
    if (!(Number.isInteger(pieces) && pieces >= 0 && pieces <= 9999)) {
      bad('the quantity cannot be used', 'quantity', 'a whole number from 0 to 9999');
      return;
    }
    const time = cell('time');
    if (!this.time_.push(time)) {
      bad('the time cannot be read', 'time', 'a date or seconds since 1970');
    }
    const user = cell('user');
    const values = [
      this.visitors_.add(visitor),
      product,
      0,
      event,
      pieces,
      user === '' ? -1 : this.users_.add(user),
    ];
    for (const [column, value] of values.entries()) this.columns_[column]?.push(value);
  }

  finish(facts: TableFacts): IntentData {
    const { file } = facts;
    this.refuseOthers(facts);
    const tally = new LeftOutTally(file);
    tally.addProblems(facts.problems);
    for (const [name, count] of this.others_) tally.add(kOtherEvents, name, count);
    for (const item of this.unknown_) tally.add(kUnknownItems, item);
    const time = this.time_.finish(this.options_.dates);
    const { seconds } = time;
    // An event without a time cannot be placed; there are few, or the file would have been refused.
    const kept = [...seconds.keys()].filter((i) => (seconds[i] as number) >= 0);
    if (kept.length === 0) throw new CliError('training-failed', 'no event is left', { file });
    if (!time.calendar || kept.every((i) => (seconds[i] as number) % kSecondsOfDay === 0)) {
      throw new CliError('training-failed', 'the times are no moments', {
        file,
        expected:
          'times with hours, minutes and seconds: how long visitors wait is learnt from them',
        found: time.calendar ? 'days' : 'steps',
      });
    }
    const cells = new Float64Array(6 * kept.length);
    const columns = this.columns_.map((column) => column.view());
    columns[2] = seconds;
    columns.forEach((column, c) => {
      kept.forEach((from, to) => {
        cells[c * kept.length + to] = column[from] as number;
      });
    });
    const notes = [...time.notes];
    if (!this.header_.has('session')) {
      const visitor = Int32Array.from(cells.subarray(0, kept.length));
      const times = cells.subarray(2 * kept.length, 3 * kept.length);
      cells.set(cutAtPauses(visitor, this.visitors_.size, times).session);
      notes.push(kCutAtPauses);
    }
    return {
      facts,
      cells,
      rows: kept.length,
      options: productOptions(this.catalogue_, this.items_.values.length),
      leftOut: tally.list(),
      notes,
    };
  }

  /** A log may tell of more than we ask; one that mostly does is another column or another file. */
  private refuseOthers({ file, rows }: TableFacts): void {
    const [first] = this.others_.keys();
    const known = this.columns_[0]?.length ?? 0;
    const others = [...this.others_.values()].reduce((sum, count) => sum + count, 0);
    if (first === undefined || others <= known) return;
    const more = others > 1 ? `; nor in ${others - 1} more of ${rows} rows` : '';
    const { instead } = this.options_;
    throw new CliError('invalid-input', `the event is not known${more}`, {
      file,
      place: `line ${this.firstOther_}, column ${this.header_.original('event')}`,
      expected: `${kEventKinds.join(', ')}${instead === undefined ? '' : `; or ${instead}`}`,
      found: quoted(first),
    });
  }
}

function productOptions(catalogue: Catalogue | undefined, items: number): object {
  if (catalogue === undefined) return { products: items };
  const { document } = catalogue;
  // As the engine chooses (wasm/shop_objects.cpp): category, department, or the first field.
  const name =
    ['category', 'department'].find((one) => document.fields[one] !== undefined) ??
    Object.keys(document.fields)[0];
  const field = name === undefined ? undefined : document.fields[name];
  return {
    products: document.count,
    ...(document.price === undefined ? {} : { prices: document.price }),
    ...(field === undefined ? {} : { categories: field.index }),
  };
}

/** Reads a table of finished visits: columns named as features, and `purchase`. */
export async function readVisitTable(file: string, options: ReadOptions = {}): Promise<IntentData> {
  const columns: ColumnSpec[] = [
    ...kFeatures.map((name) => ({ name })),
    { name: 'purchase', aliases: ['revenue', 'bought', 'converted'], required: true },
  ];
  let known: string[] = [];
  let values: Float64Column[] = [];
  let header!: Header;
  let problems!: Problems;
  const facts = await readTable(
    file,
    { columns, ...options },
    {
      header: (found, bad) => {
        header = found;
        problems = bad;
        known = [...kFeatures.filter((name) => header.has(name)), 'purchase'];
        values = known.map(() => new Float64Column());
      },
      row: (fields, line) => {
        const cells = known.map((name) => {
          const text = header.cell(fields, name).trim().toLowerCase();
          if (text === '') return Number.NaN;
          return text === 'true' || text === 'yes'
            ? 1
            : text === 'false' || text === 'no'
              ? 0
              : Number(text);
        });
        const wrong = cells.findIndex(
          (value, i) =>
            (Number.isNaN(value) && header.cell(fields, known[i] as string).trim() !== '') ||
            (known[i] === 'purchase' && value !== 0 && value !== 1),
        );
        if (wrong >= 0) {
          const name = known[wrong] as string;
          const expected = name === 'purchase' ? '0 or 1' : 'a number';
          const found = quoted(header.cell(fields, name));
          problems.add('a cell cannot be used', line, header.original(name), expected, found);
          return;
        }
        for (const [i, value] of cells.entries()) values[i]?.push(value);
      },
    },
  );
  if (known.length < 2) {
    throw new CliError('invalid-input', 'there is no column that tells of the visits', {
      file: facts.file,
      expected: `purchase, and some of ${kFeatures.join(', ')}`,
      found: header.names.join(', '),
    });
  }
  const rows = values[0]?.length ?? 0;
  const cells = new Float64Array(known.length * rows);
  for (const [c, column] of values.entries()) cells.set(column.view(), c * rows);
  const tally = new LeftOutTally(facts.file);
  tally.addProblems(facts.problems);
  return {
    facts,
    cells,
    rows,
    options: { columns: known.slice(0, -1) },
    leftOut: tally.list(),
    notes: [],
  };
}

/** Trains; the data's cells are given away. */
export async function trainIntents(
  data: IntentData,
  options: { seed: number; source?: string; licence?: string | undefined; data: object },
  progress: Progress,
): Promise<TrainedModel<IntentsReport>> {
  const { licence, ...rest } = options;
  const { model, report } = await trainInWorker(
    {
      kind: 'intents',
      options: { ...data.options, ...rest, ...(licence === undefined ? {} : { licence }) },
      cells: data.cells,
      rows: data.rows,
    },
    progress,
  );
  return { model, report: report as IntentsReport };
}
