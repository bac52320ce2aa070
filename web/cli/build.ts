// `storewise build` as a library: reads a shop's files, trains what they allow, measures it, and makes
// every file of the shop's folder in memory. Writes nothing itself.
import type { Catalogue } from './catalogue.js';
import { catalogueOfItems, catalogueOfOrders, currencyCode, readCatalogue } from './catalogue.js';
import type { DayOrder } from './csv/dates.js';
import { type CustomersReport, customersTable, trainCustomers } from './customers.js';
import { OpenModel, OpenShop } from './engine.js';
import { CliError } from './errors.js';
import { type ClassifierEvaluation, evaluateClassifier } from './evaluate.js';
import {
  type Events,
  kUnknownItems,
  onlyKnownItems,
  ordersAsEvents,
  readEvents,
} from './events.js';
import { readExamples, readTexts } from './examples.js';
import { type Faq, readFaq } from './faq.js';
import { normalised } from './languages.js';
import type { LeftOut } from './left-out.js';
import { type Offers, readOffers } from './offers.js';
import { type Orders, readOrders } from './orders.js';
import { type FileEntry, fileEntry } from './output.js';
import { card } from './report/card.js';
import { reportData } from './report/data.js';
import { type ReportData, reportPage } from './report/report.js';
import { type Rules, readRules } from './rules.js';
import { type IntentsMode, type ShopIntents, shopIntents } from './shop-intents.js';
import type { Progress } from './terminal.js';
import {
  type ClassifierReport,
  type RecommenderReport,
  type TrainedModel,
  trainClassifier,
  trainRecommender,
} from './training.js';

export interface BuildOptions {
  orders?: string | undefined;
  events?: string | undefined;
  catalog?: string | undefined;
  faq?: string | undefined;
  /** Questions to test the finished classifier on. */
  faqTest?: string | undefined;
  outOfScope?: string | undefined;
  offers?: string | undefined;
  rules?: string | undefined;
  /** Whether to make a table of the customers, one by one. */
  listCustomers?: boolean | undefined;
  name?: string | undefined;
  currency?: string | undefined;
  languages?: readonly string[] | undefined;
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  /** What visitors are about to do: `auto` unless given. */
  intents?: IntentsMode | undefined;
  tune: 'off' | 'on';
  minCount?: number | undefined;
  neighbours?: number | undefined;
  seed: number;
  licence?: string | undefined;
  /** ISO 8601; absent from the output when not given, so that builds repeat byte by byte. */
  date?: string | undefined;
}

/** What was read, before anything is trained. */
export interface ShopInputs {
  orders?: Orders;
  events?: Events;
  catalogue: Catalogue;
  faq?: Faq;
  outOfScopeTexts: string[];
  offers?: Offers;
  rules?: Rules;
  /** Orders and visits together, known items only. */
  sessions?: Events;
  languages: string[];
  leftOut: LeftOut[];
  notes: string[];
}

export interface BuiltShop {
  /** Name -> bytes, shop.json last. */
  files: Map<string, Uint8Array>;
  inputs: ShopInputs;
  recommender?: TrainedModel<RecommenderReport>;
  classifier?: TrainedModel<ClassifierReport>;
  /** Segments and predictions of the customers; the model is empty when there are too few data. */
  customers?: TrainedModel<CustomersReport>;
  /** What visitors are about to do; absent when switched off. */
  intents?: ShopIntents;
  /** CSV; names customers, and so is none of `files`, which lie on a public page. */
  customersTable?: string;
  /** The classifier's figures on the questions of `faqTest`. */
  faqTest?: ClassifierEvaluation;
  report: ReportData;
}

/** All names that a build may write: what is not written again is stale. */
export const kShopFiles = [
  'recommender.onnx',
  'classifier.onnx',
  'customers.onnx',
  'intents.onnx',
  'catalogue.json',
  'faq.json',
  'offers.json',
  'rules.json',
  'card.md',
  'report.html',
  'shop.json',
];

const kFewOrders = 50;
const kFolds = 5;
/** A help box is asked all sorts of things, however few of them the shop has collected. */
const kOutOfScopeShare = 1 / 3;

export async function buildShop(options: BuildOptions, progress: Progress): Promise<BuiltShop> {
  const inputs = await readInputs(options, progress);
  const { sessions, faq } = inputs;
  // First, because a log that is not understood ends the build.
  const intents = await learnIntents(inputs, options, progress);
  let recommender: TrainedModel<RecommenderReport> | undefined;
  if (sessions !== undefined && sessions.item.length > 0) {
    recommender = await trainRecommender(
      sessions,
      {
        items: sessions.items,
        tune: options.tune,
        minCount: options.minCount,
        neighbours: options.neighbours,
        seed: options.seed,
        licence: options.licence,
        data: describeSessions(sessions),
      },
      progress,
    );
  }
  const customers = await learnCustomers(inputs, options, progress);
  const classifier =
    faq === undefined ? undefined : await trainFaq(faq, inputs.outOfScopeTexts, options, progress);
  const faqTest =
    classifier === undefined || options.faqTest === undefined
      ? undefined
      : await testClassifier(classifier.model, options.faqTest, options.encoding, progress);
  const documents = makeDocuments(inputs, recommender?.model, classifier?.model, intents);
  const files = new Map([...documents.values()].map(({ name, content }) => [name, content]));
  // What is about to be written is opened as a page would open it: a file that the engine refuses
  // ends the build here, and not in the shop.
  const shop = await OpenShop.open(contentByRole(documents));
  // Pages load this one by itself, and only when they ask.
  if (customers !== undefined && customers.model.length > 0) {
    (await OpenModel.fromBytes(customers.model, 'customers.onnx')).dispose();
    documents.set('customers', { name: 'customers.onnx', content: customers.model });
    files.set('customers.onnx', customers.model);
  }
  const report = reportData({
    name: options.name ?? 'Shop',
    date: options.date,
    inputs,
    recommender: recommender?.report,
    classifier: classifier?.report,
    customers: customers?.report,
    intents,
    licence: options.licence,
    faqTest,
    sizes: [...documents.values()].map(({ name, content }) => ({
      name,
      bytes: content.byteLength,
    })),
    shop,
  });
  shop.dispose();
  files.set('card.md', encode(card(report)));
  files.set('report.html', encode(reportPage(report)));
  files.set('shop.json', encode(json(manifest(options, inputs, documents))));
  return {
    files,
    inputs,
    ...(recommender === undefined ? {} : { recommender }),
    ...(classifier === undefined ? {} : { classifier }),
    ...(customers === undefined ? {} : { customers }),
    ...(intents === undefined ? {} : { intents }),
    ...(customers === undefined || inputs.orders === undefined || options.listCustomers !== true
      ? {}
      : { customersTable: customersTable(inputs.orders, customers.report) }),
    ...(faqTest === undefined ? {} : { faqTest }),
    report,
  };
}

/** Reads all input files and joins them. */
export async function readInputs(options: BuildOptions, progress: Progress): Promise<ShopInputs> {
  const { encoding, dates } = options;
  const reading = (what: string) => (done: number, total: number) =>
    progress(`reading ${what}`, done, total);
  const notes: string[] = [];
  const leftOut: LeftOut[] = [];
  const orders =
    options.orders === undefined
      ? undefined
      : await readOrders(options.orders, {
          encoding,
          dates,
          dropNonProducts: options.catalog === undefined,
          progress: reading('orders'),
        });
  const events =
    options.events === undefined
      ? undefined
      : await readEvents(options.events, { encoding, dates, progress: reading('visits') });
  const defaultLanguage = options.languages?.[0] ?? 'en';
  const faq =
    options.faq === undefined
      ? undefined
      : await readFaq(options.faq, { encoding, defaultLanguage, progress: reading('questions') });
  const outOfScopeTexts =
    options.outOfScope === undefined ? [] : await readTexts(options.outOfScope, encoding);
  const catalogue = await catalogueFor(options, orders, events, progress);
  if (catalogue.document.count === 0) {
    throw new CliError('invalid-input', 'there are no products', {
      expected: '--catalog, --orders or --events beside --faq: a shop has at least one product',
    });
  }
  const languages = chooseLanguages(options, faq, catalogue);
  const offers =
    options.offers === undefined
      ? undefined
      : await readOffers(options.offers, catalogue, {
          encoding,
          dates,
          language: languages[0] as string,
          progress: reading('offers'),
        });
  const rules = options.rules === undefined ? undefined : readRules(options.rules, catalogue);
  const sessions = joinSessions(orders, events, catalogue);
  for (const part of [orders, events, catalogue, faq, offers]) {
    if (part === undefined) continue;
    leftOut.push(...part.leftOut);
    const file = part.facts?.file;
    notes.push(...part.notes.map((note) => (file === undefined ? note : `${file}: ${note}`)));
  }
  notes.push(...(rules?.notes ?? []));
  leftOut.push(...sessions.leftOut);
  if (sessions.joined !== undefined && sessions.joined.sessionCount < kFewOrders) {
    const found = `there are few orders and visits (${sessions.joined.sessionCount})`;
    notes.push(`${found}: suggestions lean on what sells most until there are more`);
  }
  if (faq !== undefined && faq.document.entries.length < 2) {
    notes.push(
      'one question alone needs no classifier: the shop lists it and hands everything over',
    );
  }
  return {
    ...(orders === undefined ? {} : { orders }),
    ...(events === undefined ? {} : { events }),
    catalogue,
    ...(faq === undefined ? {} : { faq }),
    outOfScopeTexts,
    ...(offers === undefined ? {} : { offers }),
    ...(rules === undefined ? {} : { rules }),
    ...(sessions.joined === undefined ? {} : { sessions: sessions.joined }),
    languages,
    leftOut,
    notes,
  };
}

async function catalogueFor(
  options: BuildOptions,
  orders: Orders | undefined,
  events: Events | undefined,
  progress: Progress,
): Promise<Catalogue> {
  const { encoding, currency } = options;
  if (options.catalog !== undefined) {
    return readCatalogue(options.catalog, {
      encoding,
      currency,
      progress: (done, total) => progress('reading products', done, total),
    });
  }
  const code = currency ?? currencyCode(orders?.currencySign ?? '') ?? 'USD';
  if (orders === undefined) return catalogueOfItems(events?.items ?? [], code);
  return catalogueOfOrders(orders, code);
}

function chooseLanguages(
  options: BuildOptions,
  faq: Faq | undefined,
  catalogue: Catalogue,
): string[] {
  if (options.languages !== undefined && options.languages.length > 0)
    return [...options.languages];
  const found = [...(faq?.languages ?? []), ...Object.keys(catalogue.document.names ?? {})];
  // Names without a suffix are in the shop's own language: the first of the questions, or English.
  return [...new Set(found.length > 0 && faq !== undefined ? found : ['en', ...found])];
}

/** Visits first, then orders, as sessions of one list of items. */
function joinSessions(
  orders: Orders | undefined,
  events: Events | undefined,
  catalogue: Catalogue,
): { joined?: Events; leftOut: LeftOut[] } {
  const known = (item: string): boolean => catalogue.rowOf.has(item);
  const parts: Events[] = [];
  const leftOut: LeftOut[] = [];
  for (const part of [events, orders === undefined ? undefined : ordersAsEvents(orders)]) {
    if (part === undefined) continue;
    const kept = onlyKnownItems(part, known, kUnknownItems);
    leftOut.push(...kept.leftOut.slice(part.leftOut.length));
    parts.push(kept);
  }
  const [first, second] = parts;
  if (first === undefined) return { leftOut };
  if (parts.every((part) => part.item.length === 0)) {
    throw new CliError('invalid-input', 'the product list has none of the items that were bought', {
      file: first.facts.file,
      expected: `item codes as in the product list: ${catalogue.document.id.slice(0, 5).join(', ')}`,
      found: leftOut
        .flatMap((entry) => entry.examples)
        .slice(0, 5)
        .join(', '),
    });
  }
  return { joined: second === undefined ? first : concatenated(first, second), leftOut };
}

function concatenated(a: Events, b: Events): Events {
  const numbers = new Map(a.items.map((item, number) => [item, number]));
  const items = [...a.items];
  const renumbered = b.items.map((item) => {
    const known = numbers.get(item);
    if (known !== undefined) return known;
    items.push(item);
    return items.length - 1;
  });
  const join = <T extends Int32Array | Float64Array>(target: T, left: T, right: T): T => {
    target.set(left);
    target.set(right, left.length);
    return target;
  };
  const total = a.item.length + b.item.length;
  return {
    ...a,
    session: join(
      new Int32Array(total),
      a.session,
      b.session.map((session) => session + a.sessionCount),
    ),
    item: join(
      new Int32Array(total),
      a.item,
      b.item.map((item) => renumbered[item] as number),
    ),
    time: join(new Float64Array(total), a.time, b.time),
    sessionCount: a.sessionCount + b.sessionCount,
    items,
    calendar: a.calendar && b.calendar,
  };
}

/** For the model's metadata: what it was made from. */
export function describeSessions(events: Events): object {
  const days = events.calendar ? { from: day(events.time, -1), to: day(events.time, 1) } : {};
  return {
    source: events.source,
    sessions: events.sessionCount,
    events: events.item.length,
    ...days,
  };
}

/** The first (-1) or last (1) day. */
export function day(time: Float64Array, direction: -1 | 1): string {
  let best = direction === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (const value of time) if (direction * (value - best) > 0) best = value;
  return new Date(best * 1000).toISOString().slice(0, 10);
}

/** Nothing without orders. What cannot be learnt is a note: a shop does without it. */
async function learnCustomers(
  inputs: ShopInputs,
  options: BuildOptions,
  progress: Progress,
): Promise<TrainedModel<CustomersReport> | undefined> {
  const { orders, catalogue, notes } = inputs;
  if (orders === undefined) return undefined;
  try {
    return await trainCustomers(
      orders,
      catalogue,
      {
        seed: options.seed,
        list: options.listCustomers === true,
        licence: options.licence,
        data: {
          orders: orders.orderCount,
          ...(orders.calendar ? { from: day(orders.time, -1), to: day(orders.time, 1) } : {}),
        },
      },
      progress,
    );
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'training-failed') throw error;
    notes.push(`nothing could be learnt of the customers: ${error.message}`);
    return undefined;
  }
}

/** What the log could not teach is a note: the default is there instead. */
async function learnIntents(
  inputs: ShopInputs,
  options: BuildOptions,
  progress: Progress,
): Promise<ShopIntents | undefined> {
  const { events, encoding, dates, seed, licence, intents: mode = 'auto' } = options;
  const asked = { mode, events, encoding, dates, seed, licence };
  const intents = await shopIntents(inputs, asked, progress);
  if (intents?.source === 'default' && mode === 'auto' && events !== undefined) {
    inputs.notes.push(
      `the shipped default says what visitors are about to do, since the shop’s own log cannot teach it: ${intents.reason}`,
    );
  }
  const known = new Set(inputs.leftOut.map(({ reason }) => reason));
  inputs.leftOut.push(...(intents?.leftOut ?? []).filter(({ reason }) => !known.has(reason)));
  return intents;
}

async function trainFaq(
  faq: Faq,
  outOfScopeTexts: readonly string[],
  options: BuildOptions,
  progress: Progress,
): Promise<TrainedModel<ClassifierReport> | undefined> {
  const { texts, labels, names } = faq.examples;
  if (names.length < 2) return undefined;
  const mine = new Set(texts);
  const others = [...new Set(outOfScopeTexts.map(normalised))].filter((text) => !mine.has(text));
  return trainClassifier(
    { texts: [...texts, ...others], labels: [...labels, ...others.map(() => -1)] },
    {
      labels: names,
      seed: options.seed,
      crossValidation: canHoldBack(labels, names.length) ? kFolds : 0,
      outOfScopeShare: kOutOfScopeShare,
      licence: options.licence,
    },
    progress,
  );
}

async function testClassifier(
  model: Uint8Array,
  file: string,
  encoding: string | undefined,
  progress: Progress,
): Promise<ClassifierEvaluation> {
  const examples = await readExamples(file, { encoding });
  const open = await OpenModel.fromBytes(model, 'classifier.onnx');
  try {
    return evaluateClassifier(open, examples, 'classifier.onnx', progress);
  } finally {
    open.dispose();
  }
}

/** Whether a phrasing can be held back and still be known by another: most questions have two. */
function canHoldBack(labels: readonly number[], classes: number): boolean {
  const counts = new Int32Array(classes);
  for (const label of labels) if (label >= 0) counts[label] = (counts[label] as number) + 1;
  return counts.filter((count) => count >= 2).length * 2 > classes;
}

interface ShopDocument {
  name: string;
  content: Uint8Array;
  /** What else its entry in shop.json says. */
  more?: object;
}

/** The shop's files by role, in the order of shop.json. */
function makeDocuments(
  inputs: ShopInputs,
  recommender: Uint8Array | undefined,
  classifier: Uint8Array | undefined,
  intents: ShopIntents | undefined,
): Map<string, ShopDocument> {
  const documents = new Map<string, ShopDocument>();
  const add = (role: string, name: string, content: Uint8Array | undefined, more = {}): void => {
    if (content !== undefined) documents.set(role, { name, content, more });
  };
  const text = (document: object | undefined): Uint8Array | undefined =>
    document === undefined ? undefined : encode(json(document));
  add('recommender', 'recommender.onnx', recommender);
  add('classifier', 'classifier.onnx', classifier);
  add('catalogue', 'catalogue.json', text(inputs.catalogue.document));
  add('faq', 'faq.json', text(inputs.faq?.document));
  add('offers', 'offers.json', text(inputs.offers?.document));
  add('rules', 'rules.json', text(inputs.rules?.document));
  add('intents', 'intents.onnx', intents?.model, { source: intents?.source });
  return documents;
}

function contentByRole(documents: ReadonlyMap<string, ShopDocument>): Record<string, Uint8Array> {
  return Object.fromEntries([...documents].map(([role, { content }]) => [role, content]));
}

function manifest(
  options: BuildOptions,
  inputs: ShopInputs,
  documents: ReadonlyMap<string, ShopDocument>,
): object {
  const entries = [...documents].map(([role, { name, content, more }]): [string, FileEntry] => [
    role,
    { ...fileEntry(name, content), ...more },
  ]);
  return {
    version: 1,
    name: options.name ?? 'Shop',
    currency: inputs.catalogue.document.currency,
    languages: inputs.languages,
    ...(options.date === undefined ? {} : { created: options.date }),
    files: Object.fromEntries(entries),
  };
}

function json(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
