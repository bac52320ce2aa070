// Reads a product list, or makes one from the orders, into the columnar catalogue.json: ids, names,
// translated names, prices, availability and dictionary-encoded text fields. Descriptions, links
// and other columns that differ on every row are left out: nothing can be filtered by them.
import { Interner } from './columns.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import { headerKey } from './csv/headers.js';
import { NumberColumn } from './csv/numbers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import { translatedColumn } from './languages.js';
import { type LeftOut, LeftOutTally } from './left-out.js';
import type { Orders } from './orders.js';

export interface CatalogueField {
  values: string[];
  /** Language -> one translation for each value; empty where there is none. */
  names?: Record<string, string[]>;
  /** [count] position in `values`, -1 for none. */
  index: number[];
}

/** catalogue.json. */
export interface CatalogueDocument {
  version: 1;
  currency: string;
  count: number;
  id: string[];
  name: string[];
  names?: Record<string, string[]>;
  /** [count] -1 when unknown. */
  price?: number[];
  /** [count] 1 when it can be bought. */
  available?: number[];
  fields: Record<string, CatalogueField>;
}

export interface Catalogue {
  document: CatalogueDocument;
  /** Absent when it was made from the orders. */
  facts?: TableFacts;
  rowOf: Map<string, number>;
  leftOut: LeftOut[];
  notes: string[];
}

const kColumns: ColumnSpec[] = [
  {
    name: 'sku',
    aliases: [
      'variant_sku',
      'stock_code',
      'id',
      'item_id',
      'item',
      'product_id',
      'item_code',
      'product_code',
      'article_number',
      'Artikelnummer',
      '商品编号',
      '商品id',
      '货号',
      'handle',
    ],
    required: true,
  },
  {
    name: 'name',
    aliases: [
      'title',
      'product_name',
      'item_name',
      'product_title',
      'Artikelbezeichnung',
      'Bezeichnung',
      '商品名称',
      '名称',
      'description',
    ],
    required: true,
  },
  {
    name: 'price',
    aliases: [
      'variant_price',
      'unit_price',
      'regular_price',
      'sale_price',
      'Preis',
      'prix',
      '价格',
      '单价',
    ],
  },
  {
    name: 'available',
    aliases: [
      'in_stock',
      'availability',
      'stock_status',
      'is_in_stock',
      'published',
      'stock',
      'stock_quantity',
      'variant_inventory_qty',
      'inventory',
      '库存',
    ],
  },
  { name: 'currency', aliases: ['currency_code'] },
  { name: 'handle' },
];

/** Always a field, however many values it has. */
const kKnownFields = new Set([
  'department',
  'category',
  'brand',
  'size',
  'motif',
  'type',
  'vendor',
]);
const kLongestFieldValue = 80;
const kSmallTable = 50;

export interface CatalogueOptions {
  encoding?: string | undefined;
  currency?: string | undefined;
  progress?: ReadProgress | undefined;
}

export async function readCatalogue(
  filePath: string,
  options: CatalogueOptions,
): Promise<Catalogue> {
  const reader = new CatalogueReader();
  const facts = await readTable(
    filePath,
    { columns: kColumns, encoding: options.encoding, progress: options.progress },
    reader,
  );
  return reader.finish(facts, options.currency);
}

/** A catalogue of what was sold: names and prices from the order lines. */
export function catalogueOfOrders(orders: Orders, currency: string): Catalogue {
  const prices = [...orders.prices];
  return withoutFacts(
    {
      version: 1,
      currency,
      count: orders.items.length,
      id: orders.items,
      name: orders.items.map((id, i) => orders.names[i] || id),
      ...(prices.some((price) => price >= 0) ? { price: prices } : {}),
      fields: {},
    },
    ['no product list was given: the catalogue is made from the orders'],
  );
}

/** A catalogue of item codes alone, where there are only visits to go by. */
export function catalogueOfItems(items: readonly string[], currency: string): Catalogue {
  return withoutFacts(
    { version: 1, currency, count: items.length, id: [...items], name: [...items], fields: {} },
    ['neither a product list nor orders were given: products have their codes as names'],
  );
}

function withoutFacts(document: CatalogueDocument, notes: string[]): Catalogue {
  return { document, rowOf: rowsById(document.id), leftOut: [], notes };
}

function rowsById(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, row) => [id, row]));
}

interface FieldColumn {
  name: string;
  index: number;
  values: Interner;
  cells: number[];
  longest: number;
  /** Language -> column of the translated values. */
  translations: Map<string, number>;
  /** Language -> value number -> translation. */
  translated: Map<string, Map<number, string>>;
}

class CatalogueReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly ids_ = new Interner();
  private readonly names_: string[] = [];
  private readonly price_ = new NumberColumn();
  private readonly available_: number[] = [];
  private readonly nameColumns_ = new Map<string, number>();
  private readonly translatedNames_ = new Map<string, string[]>();
  private readonly titles_ = new Map<string, string>();
  private fields_: FieldColumn[] = [];
  private currency_ = '';
  private readonly duplicates_: string[] = [];
  private variants_ = 0;

  header(header: Header, problems: Problems): void {
    this.header_ = header;
    this.problems_ = problems;
    const nameKeys = new Set(['name', headerKey(header.original('name'))]);
    const plain: number[] = [];
    const translations: { base: string; language: string; index: number }[] = [];
    const bases = new Set([...header.keys]);
    for (const index of header.extra()) {
      const split = translatedColumn(header.names[index] as string);
      if (split !== undefined && nameKeys.has(headerKey(split.base))) {
        this.nameColumns_.set(split.language, index);
        this.translatedNames_.set(split.language, []);
      } else if (split !== undefined && bases.has(headerKey(split.base))) {
        translations.push({ ...split, index });
      } else {
        plain.push(index);
      }
    }
    this.fields_ = plain.map((index) => ({
      name: fieldName(header.names[index] as string),
      index,
      values: new Interner(),
      cells: [],
      longest: 0,
      translations: new Map(),
      translated: new Map(),
    }));
    for (const { base, language, index } of translations) {
      const field = this.fields_.find((candidate) => candidate.name === fieldName(base));
      field?.translations.set(language, index);
      field?.translated.set(language, new Map());
    }
  }

  row(fields: readonly string[], line: number): void {
    const cell = (column: string): string => this.header_.cell(fields, column);
    const handle = cell('handle');
    let name = cell('name');
    // Shopify's product export has the title on the first of a product's rows only.
    if (name === '' && handle !== '') name = this.titles_.get(handle) ?? '';
    if (name !== '' && handle !== '' && !this.titles_.has(handle)) this.titles_.set(handle, name);
    let id = cell('sku');
    if (id === '' && handle !== '') {
      ++this.variants_;
      if (this.ids_.find(handle) >= 0) return;
      id = handle;
    }
    if (id === '') {
      const place = this.header_.original('sku');
      this.problems_.add('the item code is empty', line, place, 'an item code', quoted(''));
      return;
    }
    if (this.ids_.find(id) >= 0) {
      this.duplicates_.push(id);
      return;
    }
    this.ids_.add(id);
    this.names_.push(name === '' ? id : name);
    const price = cell('price');
    if (!this.price_.push(price)) {
      const place = this.header_.original('price');
      this.problems_.add('the price is not a number', line, place, 'a number', quoted(price));
    }
    if (this.currency_ === '') {
      this.currency_ = cell('currency') || (/\p{Sc}/u.exec(price)?.[0] ?? '');
    }
    this.available_.push(isAvailable(cell('available')) ? 1 : 0);
    for (const [language, index] of this.nameColumns_) {
      this.translatedNames_.get(language)?.push((fields[index] as string).trim());
    }
    for (const field of this.fields_) this.addField(field, fields);
  }

  private addField(field: FieldColumn, fields: readonly string[]): void {
    const text = (fields[field.index] as string).trim();
    if (text.length > field.longest) field.longest = text.length;
    const number = text === '' ? -1 : field.values.add(text);
    field.cells.push(number);
    if (number < 0) return;
    for (const [language, index] of field.translations) {
      const translation = (fields[index] as string).trim();
      const known = field.translated.get(language);
      if (translation !== '' && known?.has(number) === false) known.set(number, translation);
    }
  }

  finish(facts: TableFacts, currency: string | undefined): Catalogue {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    for (const id of this.duplicates_) {
      tally.add('rows that repeat an item code (the first counts)', id);
    }
    if (this.ids_.size === 0) {
      throw new CliError('invalid-input', 'no product is left', { file: facts.file });
    }
    const count = this.ids_.size;
    const notes: string[] = [];
    const document: CatalogueDocument = {
      version: 1,
      currency: currency ?? currencyCode(this.currency_) ?? 'USD',
      count,
      id: this.ids_.values,
      name: this.names_,
      fields: {},
    };
    const names = [...this.translatedNames_].filter(([, texts]) =>
      texts.some((text) => text !== ''),
    );
    if (names.length > 0) document.names = Object.fromEntries(names);
    const prices = Array.from(this.price_.finish(), (price) => (price >= 0 ? price : -1));
    if (prices.some((price) => price >= 0)) document.price = prices;
    if (this.header_.has('available') && this.available_.includes(0)) {
      document.available = this.available_;
    }
    const unused: string[] = [];
    for (const field of this.fields_) {
      if (isFilter(field, count)) document.fields[field.name] = fieldDocument(field);
      else unused.push(this.header_.names[field.index] as string);
    }
    if (unused.length > 0) {
      notes.push(`columns that are no fields to filter by are left out: ${unused.join(', ')}`);
    }
    if (this.variants_ > 0) {
      notes.push(`${this.variants_} rows have no item code; their handle is used instead`);
    }
    return { document, facts, rowOf: rowsById(document.id), leftOut: tally.list(), notes };
  }
}

function fieldName(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

function isFilter(field: FieldColumn, count: number): boolean {
  if (field.values.size === 0) return false;
  if (kKnownFields.has(field.name)) return true;
  if (field.longest > kLongestFieldValue) return false;
  return count <= kSmallTable || field.values.size <= count / 2;
}

function fieldDocument(field: FieldColumn): CatalogueField {
  const names = [...field.translated]
    .filter(([, texts]) => texts.size > 0)
    .map(([language, texts]): [string, string[]] => [
      language,
      field.values.values.map((_, number) => texts.get(number) ?? ''),
    ]);
  return {
    values: field.values.values,
    ...(names.length > 0 ? { names: Object.fromEntries(names) } : {}),
    index: field.cells,
  };
}

function isAvailable(text: string): boolean {
  if (text === '') return true;
  const number = Number(text);
  if (!Number.isNaN(number)) return number > 0;
  return !/^(false|no|n|out[ _-]?of[ _-]?stock|outofstock|sold[ _-]?out|unavailable|draft|archived|否|无货|缺货|下架)$/i.test(
    text,
  );
}

const kSigns: Record<string, string> = {
  $: 'USD',
  '£': 'GBP',
  '€': 'EUR',
  '¥': 'CNY',
  '￥': 'CNY',
  '₹': 'INR',
  '₩': 'KRW',
  '₺': 'TRY',
  '₽': 'RUB',
  '₴': 'UAH',
  '฿': 'THB',
  '₫': 'VND',
  '₪': 'ILS',
  '₱': 'PHP',
  '₦': 'NGN',
};

/** "£" or "gbp" as "GBP"; undefined when it is no currency. */
export function currencyCode(text: string): string | undefined {
  if (text in kSigns) return kSigns[text];
  return /^[a-z]{3}$/i.test(text) ? text.toUpperCase() : undefined;
}
