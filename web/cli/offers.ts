// Reads the shop's offers and coupons into offers.json: what each gives, what it asks for, and which
// rows of the catalogue it covers. Items that the catalogue lacks are counted; an offer of unknown
// items only is left out.
import type { Catalogue } from './catalogue.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import { headerKey } from './csv/headers.js';
import { NumberColumn } from './csv/numbers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import { translatedColumn } from './languages.js';
import { type LeftOut, LeftOutTally } from './left-out.js';

export interface Offer {
  id: string;
  title: Record<string, string>;
  kind: 'amount' | 'percent';
  value: number;
  min_quantity: number;
  min_spend: number;
  /** Rows of the catalogue, ascending; empty for an offer on the whole basket. */
  items: number[];
  starts?: string;
  ends?: string;
}

/** offers.json. */
export interface OffersDocument {
  version: 1;
  offers: Offer[];
}

export interface Offers {
  document: OffersDocument;
  facts: TableFacts;
  leftOut: LeftOut[];
  notes: string[];
}

const kColumns: ColumnSpec[] = [
  {
    name: 'offer_id',
    aliases: ['id', 'coupon_id', 'code', 'offer', 'coupon', 'coupon_upc'],
    required: true,
  },
  { name: 'title', aliases: ['name', 'description', 'text', '标题', '名称'], required: true },
  { name: 'kind', aliases: ['type', 'discount_type'] },
  { name: 'value', aliases: ['amount', 'discount', 'discount_value', '折扣'], required: true },
  { name: 'min_quantity', aliases: ['quantity', 'min_qty', 'minimum_quantity'] },
  { name: 'min_spend', aliases: ['minimum_spend', 'min_amount', 'minimum_amount', 'spend'] },
  { name: 'skus', aliases: ['items', 'products', 'product_ids', 'sku', 'item_ids'] },
  { name: 'starts', aliases: ['start', 'start_date', 'valid_from', 'from'] },
  { name: 'ends', aliases: ['end', 'end_date', 'expires', 'valid_to', 'until'] },
];

export interface OffersOptions {
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  /** The language of the column `title`. */
  language: string;
  progress?: ReadProgress | undefined;
}

export async function readOffers(
  filePath: string,
  catalogue: Catalogue,
  options: OffersOptions,
): Promise<Offers> {
  const reader = new OfferReader(catalogue, options.language);
  const facts = await readTable(
    filePath,
    { columns: kColumns, encoding: options.encoding, progress: options.progress },
    reader,
  );
  return reader.finish(facts, options.dates);
}

interface Draft {
  id: string;
  title: Record<string, string>;
  kind: 'amount' | 'percent';
  skus: string[];
}

class OfferReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly titles_ = new Map<string, number>();
  private readonly drafts_: Draft[] = [];
  private readonly value_ = new NumberColumn();
  private readonly minQuantity_ = new NumberColumn();
  private readonly minSpend_ = new NumberColumn();
  private readonly starts_ = new DateColumn();
  private readonly ends_ = new DateColumn();
  private readonly ids_ = new Set<string>();
  private readonly duplicates_: string[] = [];

  constructor(
    private readonly catalogue_: Catalogue,
    private readonly language_: string,
  ) {}

  header(header: Header, problems: Problems): void {
    this.header_ = header;
    this.problems_ = problems;
    const titleKeys = new Set(['title', headerKey(header.original('title'))]);
    for (const index of header.extra()) {
      const split = translatedColumn(header.names[index] as string);
      if (split !== undefined && titleKeys.has(headerKey(split.base))) {
        this.titles_.set(split.language, index);
      }
    }
  }

  row(fields: readonly string[], line: number): void {
    const cell = (column: string): string => this.header_.cell(fields, column);
    const bad = (summary: string, column: string, expected: string, found: string): void =>
      this.problems_.add(summary, line, this.header_.original(column), expected, quoted(found));
    const id = cell('offer_id');
    if (id === '') {
      bad('the offer id is empty', 'offer_id', 'an offer id', '');
      return;
    }
    if (this.ids_.has(id)) {
      this.duplicates_.push(id);
      return;
    }
    const valueText = cell('value');
    const kind = kindOf(cell('kind'), valueText);
    if (kind === undefined) {
      bad('the kind of offer is not known', 'kind', '"amount" or "percent"', cell('kind'));
      return;
    }
    this.ids_.add(id);
    const number = (column: NumberColumn, name: string, text: string): void => {
      if (!column.push(text.replace('%', '')))
        bad(`${name} is not a number`, name, 'a number', text);
    };
    number(this.value_, 'value', valueText);
    number(this.minQuantity_, 'min_quantity', cell('min_quantity'));
    number(this.minSpend_, 'min_spend', cell('min_spend'));
    for (const [column, name] of [
      [this.starts_, 'starts'],
      [this.ends_, 'ends'],
    ] as const) {
      if (!column.push(cell(name))) bad(`${name} is not a date`, name, 'a date', cell(name));
    }
    const title: Record<string, string> = { [this.language_]: cell('title') };
    for (const [language, index] of this.titles_) {
      const text = (fields[index] as string).trim();
      if (text !== '') title[language] = text;
    }
    const skus = cell('skus')
      .split(/\s*[|\n]\s*/)
      .filter((sku) => sku !== '');
    this.drafts_.push({ id, title, kind, skus });
  }

  finish(facts: TableFacts, order: DayOrder | undefined): Offers {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    for (const id of this.duplicates_)
      tally.add('rows that repeat an offer id (the first counts)', id);
    const values = this.value_.finish();
    const minQuantities = this.minQuantity_.finish();
    const minSpends = this.minSpend_.finish();
    const starts = this.starts_.finish(order).seconds;
    const ends = this.ends_.finish(order).seconds;
    const offers: Offer[] = [];
    for (const [i, draft] of this.drafts_.entries()) {
      const value = values[i] as number;
      if (!(value > 0) || (draft.kind === 'percent' && value > 100)) {
        tally.add('offers that give nothing or more than everything', draft.id);
        continue;
      }
      const items = this.rows(draft.skus, tally);
      if (draft.skus.length > 0 && items.length === 0) {
        tally.add('offers on items that the catalogue lacks', draft.id);
        continue;
      }
      offers.push({
        id: draft.id,
        title: draft.title,
        kind: draft.kind,
        value,
        min_quantity: orElse(minQuantities[i] as number, 1),
        min_spend: orElse(minSpends[i] as number, 0),
        items,
        ...dated('starts', starts[i] as number),
        ...dated('ends', ends[i] as number),
      });
    }
    if (offers.length === 0) {
      const found = tally
        .list()
        .map((entry) => `${entry.count} ${entry.reason}`)
        .join('; ');
      throw new CliError('invalid-input', 'no offer is left', { file: facts.file, found });
    }
    return { document: { version: 1, offers }, facts, leftOut: tally.list(), notes: [] };
  }

  private rows(skus: readonly string[], tally: LeftOutTally): number[] {
    const rows = new Set<number>();
    for (const sku of skus) {
      const row = this.catalogue_.rowOf.get(sku);
      if (row === undefined) tally.add('items of offers that the catalogue lacks', sku);
      else rows.add(row);
    }
    return [...rows].sort((a, b) => a - b);
  }
}

function kindOf(text: string, value: string): 'amount' | 'percent' | undefined {
  if (text === '') return value.includes('%') ? 'percent' : 'amount';
  if (/^(percent|percentage|percent_off|%|rate|prozent|折扣)$/i.test(text)) return 'percent';
  if (/^(amount|fixed|fixed_amount|fixed_cart|money|value|betrag|满减)$/i.test(text))
    return 'amount';
  return undefined;
}

function orElse(value: number, fallback: number): number {
  return Number.isNaN(value) ? fallback : value;
}

function dated(key: 'starts' | 'ends', seconds: number): Partial<Pick<Offer, 'starts' | 'ends'>> {
  return Number.isNaN(seconds)
    ? {}
    : { [key]: new Date(seconds * 1000).toISOString().slice(0, 10) };
}
