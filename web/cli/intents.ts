// What visitors are about to do: reads a log of events (`session,item,time,event`, optional `user`,
// `quantity`) or a table of finished visits, and asks the trainer. Rows of the log that are of no
// known event, or about a product that the product list lacks, are left out and counted.
import type { Catalogue } from './catalogue.js';
import { Float64Column, Interner } from './columns.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
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

/** By the number of behaviour::VisitEvent. */
const kEventNames: readonly RegExp[] = [
  /^(view|pageview|page-view|product-view|view-item|detail|click)$/,
  /^(add|addtocart|add-to-cart|cart|basket|add-to-basket)$/,
  /^(remove|removed|removefromcart|remove-from-cart|remove-from-basket)$/,
  /^(purchase|purchased|buy|bought|order|ordered|transaction|sale)$/,
  /^(products|page-products|list|category|department|search|home)$/,
  /^(account|page-account|login|checkout|orders)$/,
  /^(information|page-information|help|faq|contact|delivery|about)$/,
];
const kFirstPage = 4;

const kLogColumns: ColumnSpec[] = [
  {
    name: 'session',
    aliases: ['session_id', 'sid', 'visit', 'visit_id', '会话'],
    required: true,
  },
  { name: 'item', aliases: ['item_id', 'sku', 'product', 'product_id', '商品id'], required: true },
  { name: 'time', aliases: ['timestamp', 'datetime', 'event_time', '时间'], required: true },
  {
    name: 'event',
    aliases: ['event_type', 'action', 'type', 'behavior', 'behaviour', '行为'],
    required: true,
  },
  {
    name: 'user',
    aliases: ['user_id', 'visitor', 'visitor_id', 'customer', 'customer_id', '用户'],
  },
  { name: 'quantity', aliases: ['qty', '数量'] },
];

/** Reads a log of events. */
export async function readIntentLog(
  file: string,
  catalogue: Catalogue | undefined,
  options: ReadOptions = {},
): Promise<IntentData> {
  const reader = new LogReader(catalogue);
  const facts = await readTable(file, { columns: kLogColumns, ...options }, reader);
  return reader.finish(facts, options.dates);
}

class LogReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly sessions_ = new Interner();
  private readonly items_ = new Interner();
  private readonly users_ = new Interner();
  private readonly columns_ = Array.from({ length: 6 }, () => new Float64Column());
  private readonly time_ = new DateColumn();
  private readonly unknown_: string[] = [];

  constructor(private readonly catalogue_: Catalogue | undefined) {}

  header(header: Header, problems: Problems): void {
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
    const name = cell('event')
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-');
    const event = kEventNames.findIndex((names) => names.test(name));
    if (event < 0) {
      bad(
        'the event is not known',
        'event',
        'view, add, remove, purchase, products, account or information',
      );
      return;
    }
    if (cell('session') === '') {
      bad('the session is empty', 'session', 'a session id');
      return;
    }
    const item = cell('item');
    let product = 0;
    if (event < kFirstPage) {
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
      this.sessions_.add(cell('session')),
      product,
      0,
      event,
      pieces,
      user === '' ? -1 : this.users_.add(user),
    ];
    for (const [column, value] of values.entries()) this.columns_[column]?.push(value);
  }

  finish(facts: TableFacts, dates: DayOrder | undefined): IntentData {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    for (const item of this.unknown_)
      tally.add('events with items that the product list lacks', item);
    const time = this.time_.finish(dates);
    if (!time.calendar) {
      throw new CliError('invalid-input', 'the times are no dates', {
        file: facts.file,
        expected:
          'times with hours, minutes and seconds: how long visitors wait is learnt from them',
        found: 'steps or days',
      });
    }
    const columns = this.columns_.map((column) => column.view());
    columns[2] = time.seconds;
    // An event without a time cannot be placed; there are few, or the file would have been refused.
    const kept = [...time.seconds.keys()].filter((i) => (time.seconds[i] as number) >= 0);
    if (kept.length === 0)
      throw new CliError('invalid-input', 'no event is left', { file: facts.file });
    const cells = new Float64Array(6 * kept.length);
    columns.forEach((column, c) => {
      kept.forEach((from, to) => {
        cells[c * kept.length + to] = column[from] as number;
      });
    });
    return {
      facts,
      cells,
      rows: kept.length,
      options: productOptions(this.catalogue_, this.items_.values.length),
      leftOut: tally.list(),
      notes: [...time.notes],
    };
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
