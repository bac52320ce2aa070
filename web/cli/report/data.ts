// Gathers what the report shows out of what was read and trained: counts, figures, and examples asked
// from the engine itself. Plain data; draws nothing.

import type { ShopInputs } from '../build.js';
import type { Catalogue } from '../catalogue.js';
import type { TableFacts } from '../csv/table.js';
import type { CustomersReport } from '../customers.js';
import type { ClassifierEvaluation } from '../evaluate.js';
import type { LeftOut } from '../left-out.js';
import type { ShopIntents } from '../shop-intents.js';
import { counted } from '../terminal.js';
import type {
  ClassifierReport,
  Confusion,
  RecommenderMetrics,
  RecommenderReport,
} from '../training.js';

export interface ReadFile {
  /** "Orders". */
  what: string;
  file: string;
  /** "18,532 orders, 3,665 products". */
  summary: string;
  /** "utf-8, comma, 541,909 rows". */
  format: string;
  /** What each of our columns is called in the file, where that differs. */
  renamed: string[];
}

export interface ExampleRow {
  name: string;
  suggestions: string[];
}

export interface ConfusedPair {
  one: string;
  other: string;
  count: number;
}

export interface OfferRow {
  title: string;
  gives: string;
  asks: string;
  items: string;
  dates: string;
}

/** The figures of the intents, without the file. */
export type IntentsData = Omit<ShopIntents, 'model' | 'leftOut'>;

export interface ReportData {
  name: string;
  date?: string;
  currency: string;
  languages: string[];
  tiles: { label: string; value: string }[];
  files: ReadFile[];
  leftOut: LeftOut[];
  notes: string[];
  recommender?: {
    metrics: RecommenderMetrics | null;
    ordered: boolean;
    items: number;
    sessions: number;
    tuned: boolean;
  };
  examples: ExampleRow[];
  bestSellers: { name: string; count: number }[];
  /** What the counts of best sellers are: "orders" or "visits". */
  countedAs: string;
  months: { month: string; count: number }[];
  faq?: {
    entries: number;
    phrasings: number;
    /** Share of phrasings whose likeliest question is the right one; null without a test. */
    accuracy: number | null;
    /** Share answered, and rightly; the threshold applied. */
    answeredRightly: number | null;
    /** Share held back as unsure. */
    heldBack: number | null;
    outOfScopeRecall: number | null;
    /** How many questions were kept apart for the test; 0 when it was cross-validation. */
    tested: number;
    threshold: number | null;
    confused: ConfusedPair[];
    /** Questions with the fewest phrasings. */
    thin: { question: string; phrasings: number }[];
  };
  customers?: CustomersReport;
  intents?: IntentsData;
  offers: OfferRow[];
  /** Offers that the table has no room for. */
  moreOffers: number;
  sizes: { name: string; bytes: number }[];
  /** Of the models that were learnt here; '' when none was named. */
  licence: string;
  nextSteps: string[];
}

interface Sources {
  name: string;
  date: string | undefined;
  inputs: ShopInputs;
  recommender: RecommenderReport | undefined;
  classifier: ClassifierReport | undefined;
  customers: CustomersReport | undefined;
  intents: ShopIntents | undefined;
  licence: string | undefined;
  faqTest: ClassifierEvaluation | undefined;
  sizes: { name: string; bytes: number }[];
  shop: { related(item: string, limit: number): string[] };
}

const kExamples = 12;
const kSuggestions = 5;
const kBestSellers = 10;
const kConfusedPairs = 8;
const kShownOffers = 12;
/** Below this many phrasings a question is often missed. */
const kEnoughPhrasings = 8;

export function reportData(sources: Sources): ReportData {
  const { inputs, recommender, classifier } = sources;
  const { catalogue, faq, offers, sessions } = inputs;
  const counts = sessionCounts(inputs);
  const ranked = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number));
  const metrics = recommender?.metrics;
  const data: ReportData = {
    name: sources.name,
    ...(sources.date === undefined ? {} : { date: sources.date }),
    currency: catalogue.document.currency,
    languages: inputs.languages,
    tiles: tiles(inputs, sources.sizes),
    files: filesRead(inputs),
    leftOut: inputs.leftOut,
    notes: inputs.notes,
    ...(recommender === undefined
      ? {}
      : {
          recommender: {
            metrics: metrics === undefined || (metrics?.queries ?? 0) === 0 ? null : metrics,
            ordered: recommender.ordered,
            items: recommender.items,
            sessions: recommender.sessions,
            tuned: recommender.tuned,
          },
        }),
    examples: recommender === undefined ? [] : examples(sources, counts, ranked),
    bestSellers: ranked
      .slice(0, kBestSellers)
      .filter((item) => (counts[item] as number) > 0)
      .map((item) => ({
        name: nameOf(catalogue, sessions?.items[item]),
        count: counts[item] as number,
      })),
    countedAs:
      inputs.orders === undefined
        ? 'visits'
        : inputs.events === undefined
          ? 'orders'
          : 'orders and visits',
    months: months(inputs),
    ...(sources.customers === undefined ? {} : { customers: sources.customers }),
    ...(sources.intents === undefined ? {} : { intents: sources.intents }),
    offers: offers === undefined ? [] : offerRows(inputs),
    moreOffers: Math.max(0, (offers?.document.offers.length ?? 0) - kShownOffers),
    sizes: sources.sizes,
    licence: sources.licence ?? '',
    nextSteps: [],
  };
  if (faq !== undefined) data.faq = faqData(inputs, classifier, sources.faqTest);
  data.nextSteps = nextSteps(inputs, data);
  return data;
}

/** [items of sessions] in how many sessions each is. */
function sessionCounts({ sessions }: ShopInputs): Int32Array {
  const counts = new Int32Array(sessions?.items.length ?? 0);
  if (sessions === undefined) return counts;
  const pairs = new Set<number>();
  for (let i = 0; i < sessions.item.length; ++i) {
    const item = sessions.item[i] as number;
    const pair = (sessions.session[i] as number) * counts.length + item;
    if (pairs.has(pair)) continue;
    pairs.add(pair);
    counts[item] = (counts[item] as number) + 1;
  }
  return counts;
}

/** A product's name; with its brand where several products have the name. */
function nameOf(catalogue: Catalogue, id: string | undefined): string {
  const row = catalogue.rowOf.get(id ?? '');
  if (row === undefined) return id ?? '';
  const { name, fields } = catalogue.document;
  const own = name[row] ?? '';
  const brand = fields['brand'];
  const branded = brand?.values[brand.index[row] ?? -1];
  const isShared = name.indexOf(own) !== name.lastIndexOf(own);
  return isShared && branded !== undefined ? `${own}, ${branded}` : own;
}

function tiles(inputs: ShopInputs, sizes: readonly { bytes: number }[]): ReportData['tiles'] {
  const { orders, events, catalogue, faq, offers } = inputs;
  const bytes = sizes.reduce((sum, file) => sum + file.bytes, 0);
  const show = (value: number): string => value.toLocaleString('en-US');
  return [
    ...(orders === undefined ? [] : [{ label: 'orders', value: show(orders.orderCount) }]),
    ...(events === undefined ? [] : [{ label: 'visits', value: show(events.sessionCount) }]),
    { label: 'products', value: show(catalogue.document.count) },
    ...(faq === undefined
      ? []
      : [{ label: 'questions', value: show(faq.document.entries.length) }]),
    ...(offers === undefined
      ? []
      : [{ label: 'offers', value: show(offers.document.offers.length) }]),
    { label: 'MB in all', value: (bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1) },
  ];
}

function filesRead(inputs: ShopInputs): ReadFile[] {
  const { orders, events, catalogue, faq, offers } = inputs;
  const files: ReadFile[] = [];
  const add = (what: string, facts: TableFacts | undefined, summary: string): void => {
    if (facts === undefined) return;
    const delimiters: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };
    const delimiter = delimiters[facts.delimiter] ?? `"${facts.delimiter}"`;
    files.push({
      what,
      file: facts.file,
      summary,
      format: `${counted(facts.rows, 'row')}, ${facts.encoding}, ${delimiter}`,
      renamed: Object.entries(facts.columns)
        .filter(([ours, theirs]) => ours !== theirs.toLowerCase())
        .map(([ours, theirs]) => `${theirs} → ${ours}`),
    });
  };
  const period = (part: { calendar: boolean; time: Float64Array }): string =>
    part.calendar ? `, ${firstDay(part.time)} to ${lastDay(part.time)}` : '';
  if (orders !== undefined) {
    const customers =
      orders.customerCount > 0 ? `, ${counted(orders.customerCount, 'customer')}` : '';
    const summary = `${counted(orders.orderCount, 'order')} of ${counted(orders.items.length, 'product')}${customers}`;
    add('Orders', orders.facts, summary + period(orders));
  }
  if (events !== undefined) {
    const summary = `${counted(events.sessionCount, 'visit')}, ${counted(events.item.length, 'event')}`;
    add('Visits', events.facts, summary + period(events));
  }
  const fields = Object.keys(catalogue.document.fields);
  const fieldText = fields.length > 0 ? ` with ${fields.join(', ')}` : '';
  add('Products', catalogue.facts, counted(catalogue.document.count, 'product') + fieldText);
  if (faq !== undefined) {
    const entries = counted(faq.document.entries.length, 'question');
    const phrasings = counted(faq.examples.texts.length, 'phrasing');
    add('Questions', faq.facts, `${entries}, ${phrasings} in ${faq.languages.join(', ')}`);
  }
  if (offers !== undefined) {
    add('Offers', offers.facts, counted(offers.document.offers.length, 'offer'));
  }
  return files;
}

function firstDay(time: Float64Array): string {
  let first = Number.POSITIVE_INFINITY;
  for (const value of time) if (value < first) first = value;
  return dayText(first);
}

function lastDay(time: Float64Array): string {
  let last = Number.NEGATIVE_INFINITY;
  for (const value of time) if (value > last) last = value;
  return dayText(last);
}

function dayText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Orders (or visits) a month, for the last two years. */
function months({ orders, events }: ShopInputs): ReportData['months'] {
  const source = orders ?? events;
  if (source === undefined || !source.calendar) return [];
  const groups = 'order' in source ? source.order : source.session;
  const counts = new Map<string, number>();
  const seen = new Set<number>();
  for (let i = 0; i < groups.length; ++i) {
    if (seen.has(groups[i] as number)) continue;
    seen.add(groups[i] as number);
    const month = dayText(source.time[i] as number).slice(0, 7);
    counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  const names = [...counts.keys()].sort();
  const [first, last] = [names[0], names.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: ReportData['months'] = [];
  for (let month = first; month <= last && all.length < 600; month = nextMonth(month)) {
    all.push({ month, count: counts.get(month) ?? 0 });
  }
  return all.slice(-24);
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${String(year).padStart(4, '0')}-${String(number + 1).padStart(2, '0')}`;
}

/** A third best sellers, the rest spread over the products that sell now and then. */
function examples(
  { inputs, shop }: Sources,
  counts: Int32Array,
  ranked: readonly number[],
): ExampleRow[] {
  const { sessions, catalogue } = inputs;
  if (sessions === undefined) return [];
  const sold = ranked.filter((item) => (counts[item] as number) > 1);
  const pool =
    sold.length >= kExamples ? sold : ranked.filter((item) => (counts[item] as number) > 0);
  const best = Math.min(pool.length, Math.ceil(kExamples / 3));
  const chosen = pool.slice(0, best);
  const rest = pool.slice(best, Math.max(best, Math.ceil(pool.length / 2)));
  const wanted = Math.min(kExamples - best, rest.length);
  for (let n = 0; n < wanted; ++n) {
    chosen.push(rest[Math.floor(((n + 0.5) * rest.length) / wanted)] as number);
  }
  return chosen.map((item) => {
    const id = sessions.items[item] as string;
    const ids = shop.related(id, kSuggestions);
    return {
      name: nameOf(catalogue, id),
      suggestions: ids.map((suggestion) => nameOf(catalogue, suggestion)),
    };
  });
}

function faqData(
  { faq, languages }: ShopInputs,
  classifier: ClassifierReport | undefined,
  test: ClassifierEvaluation | undefined,
): NonNullable<ReportData['faq']> {
  const entries = faq?.document.entries ?? [];
  const question = (id: string): string => {
    const entry = entries.find((candidate) => candidate.id === id);
    if (entry === undefined) return id;
    const language = languages.find((code) => entry.question[code] !== undefined);
    return entry.question[language ?? ''] ?? Object.values(entry.question)[0] ?? id;
  };
  const phrasings = new Int32Array(entries.length);
  for (const label of faq?.examples.labels ?? []) {
    if (label >= 0) phrasings[label] = (phrasings[label] as number) + 1;
  }
  const thin = entries
    .map((entry, i) => ({ question: question(entry.id), phrasings: phrasings[i] as number }))
    .filter((entry) => entry.phrasings < kEnoughPhrasings)
    .sort((a, b) => a.phrasings - b.phrasings);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    entries: entries.length,
    phrasings: faq?.examples.texts.length ?? 0,
    accuracy: number((test ?? classifier?.metrics)?.accuracy),
    answeredRightly: number((test ?? classifier?.metrics)?.accuracy_in_scope),
    heldBack: number((test ?? classifier?.metrics)?.rejected_in_scope),
    outOfScopeRecall: number((test ?? classifier?.metrics)?.out_of_scope_recall),
    tested: test?.examples ?? 0,
    threshold: classifier?.threshold ?? null,
    confused: confusedPairs(classifier?.confusions ?? [])
      .slice(0, kConfusedPairs)
      .map(({ label, predicted, count }) => ({
        one: question(label),
        other: question(predicted),
        count,
      })),
    thin: thin.slice(0, kConfusedPairs),
  };
}

/** Both directions of a pair together, the commonest first. */
function confusedPairs(confusions: readonly Confusion[]): Confusion[] {
  const pairs = new Map<string, Confusion>();
  for (const { label, predicted, count } of confusions) {
    if (label === predicted || label === '' || predicted === '') continue;
    const key = JSON.stringify([label, predicted].sort());
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { label, predicted, count });
    else pair.count += count;
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count);
}

function offerRows({ offers, catalogue, languages }: ShopInputs): OfferRow[] {
  const { currency, name } = catalogue.document;
  const money = (value: number): string => {
    try {
      return new Intl.NumberFormat('en-GB', {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
      }).format(value);
    } catch {
      return `${value.toFixed(2)} ${currency}`;
    }
  };
  return (offers?.document.offers ?? []).slice(0, kShownOffers).map((offer) => {
    const language = languages.find((code) => offer.title[code] !== undefined) ?? '';
    const asks: string[] = [];
    if (offer.min_quantity > 1) asks.push(`${offer.min_quantity} pieces`);
    if (offer.min_spend > 0) asks.push(`${money(offer.min_spend)} spent`);
    const [first] = offer.items;
    return {
      title: offer.title[language] ?? Object.values(offer.title)[0] ?? offer.id,
      gives: offer.kind === 'percent' ? `${offer.value} % off` : `${money(offer.value)} off`,
      asks: asks.join(' and ') || 'nothing',
      items:
        first === undefined
          ? 'the whole basket'
          : offer.items.length === 1
            ? (name[first] ?? '')
            : counted(offer.items.length, 'product'),
      dates: [offer.starts ?? '', offer.ends ?? ''].filter(Boolean).join(' to '),
    };
  });
}

function nextSteps(inputs: ShopInputs, data: ReportData): string[] {
  const steps: string[] = [];
  if (inputs.catalogue.facts === undefined) {
    steps.push(
      'Give a product list (--catalog): with departments and brands, rules and variety become possible, and products that never sold are found too.',
    );
  }
  if (inputs.sessions === undefined) {
    steps.push(
      'Give your orders (--orders): recommendations are learnt from what was bought together.',
    );
  } else if (inputs.sessions.sessionCount < 1000) {
    steps.push(
      'Build again when there are more orders: from about 1,000 on, suggestions for a single product rest on more than a handful of baskets.',
    );
  }
  const unknown = inputs.leftOut.find((entry) => entry.reason.includes('product list lacks'));
  if (unknown !== undefined) {
    steps.push(
      `${counted(unknown.count, 'line')} name products that the product list lacks (${unknown.examples.slice(0, 3).join(', ')}): check whether they are old products or other spellings of the code.`,
    );
  }
  const [worst] = data.faq?.confused ?? [];
  if (worst !== undefined) {
    steps.push(
      `“${worst.one}” and “${worst.other}” are taken for each other: give each a few phrasings with the words that tell them apart, or make them one.`,
    );
  }
  if ((data.faq?.thin.length ?? 0) > 0) {
    steps.push(
      'Add phrasings to the questions that have few: ten ways to ask, in customers’ own words, are a good number.',
    );
  }
  if (inputs.faq === undefined) {
    steps.push('Give your questions and answers (--faq): visitors get answers on the page.');
  }
  if (data.intents?.source === 'default') {
    steps.push(
      'Write down what visitors do, one line an event (session, item, time, event), and give that log (--events): from some hundred visits with at least 40 purchases on, what visitors are about to do is learnt from your own.',
    );
  }
  if (inputs.offers === undefined) {
    steps.push('Give your offers (--offers): the basket shows the one that fits.');
  }
  return steps;
}
