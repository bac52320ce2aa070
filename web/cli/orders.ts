// Reads an orders export into columns: one entry per (order, item), cancelled and returned lines
// left out and counted, duplicates of an item in one order merged. Knows the headers of usual shop
// exports; refuses files without an order id or an item.
import { Float64Column, groupBy, Int32Column, Interner } from './columns.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import { NumberColumn } from './csv/numbers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import { type LeftOut, LeftOutTally } from './left-out.js';

/** Order lines, sorted by order in the order of first sight; the lines of an order as in the file. */
export interface Orders {
  facts: TableFacts;
  /** [lines] dense order numbers, ascending. */
  order: Int32Array;
  /** [lines] dense item numbers, each present at least once. */
  item: Int32Array;
  /** [lines] units, above 0. */
  quantity: Float64Array;
  /** [lines] what a unit cost, -1 when the file does not say. */
  price: Float64Array;
  /** [orders] dense customer numbers, -1 for a guest. */
  customer: Int32Array;
  /** [lines] seconds since 1970, the same for all lines of an order; a step count without dates. */
  time: Float64Array;
  orderCount: number;
  /** [customers] as the shop writes them. */
  customers: string[];
  /** Distinct customers, 0 when the file has no such column. */
  customerCount: number;
  /** [items] the codes as the shop writes them. */
  items: string[];
  /** [items] the commonest description, empty without such a column. */
  names: string[];
  /** [items] median unit price of its lines, -1 when unknown. */
  prices: Float64Array;
  /** Whether `time` holds dates. */
  calendar: boolean;
  /** The sign or code that the prices carry, if they do: "£", "EUR". */
  currencySign: string;
  leftOut: LeftOut[];
  notes: string[];
}

export interface OrdersOptions {
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  /** Leave out postage, fees and the like by their tell-tale codes; for shops without a catalogue. */
  dropNonProducts?: boolean;
  progress?: ReadProgress | undefined;
}

const kOrderNames = [
  'order',
  'order_number',
  'order_no',
  'order_nr',
  'invoice',
  'invoice_no',
  'invoice_number',
  'increment_id',
  'transaction_id',
  'transaction',
  'basket_id',
  'basket',
  'receipt',
  'receipt_id',
  'Bestellnummer',
  'Rechnungsnummer',
  'numéro de commande',
  '订单号',
  '订单编号',
  '订单id',
];

/** The columns of an orders export; Shopify calls the order number "Name". */
export function orderColumns(keys: ReadonlySet<string>): ColumnSpec[] {
  const shopify = keys.has('lineitemname') || keys.has('lineitemsku');
  return [
    { name: 'order_id', aliases: shopify ? ['name', ...kOrderNames] : kOrderNames, required: true },
    {
      name: 'sku',
      aliases: [
        'lineitem_sku',
        'stock_code',
        'item_sku',
        'product_sku',
        'variant_sku',
        'item',
        'item_id',
        'product_id',
        'product',
        'item_code',
        'product_code',
        'article',
        'article_number',
        'Artikelnummer',
        'référence',
        '商品编号',
        '商品编码',
        '商品id',
        '货号',
        'lineitem_name',
        'item_name',
        'product_name',
      ],
      required: true,
    },
    {
      name: 'name',
      aliases: [
        'lineitem_name',
        'item_name',
        'product_name',
        'description',
        'product_title',
        'title',
        'Artikelbezeichnung',
        'Bezeichnung',
        '商品名称',
        '商品标题',
      ],
    },
    {
      name: 'quantity',
      aliases: [
        'lineitem_quantity',
        'qty',
        'qty_ordered',
        'item_quantity',
        'units',
        'Menge',
        'Anzahl',
        'quantité',
        '数量',
        '购买数量',
      ],
    },
    {
      name: 'price',
      aliases: [
        'lineitem_price',
        'unit_price',
        'item_cost',
        'item_price',
        'product_price',
        'Einzelpreis',
        'Preis',
        'prix',
        '单价',
        '价格',
      ],
    },
    {
      name: 'time',
      aliases: [
        'created_at',
        'order_date',
        'invoice_date',
        'date',
        'datetime',
        'timestamp',
        'purchased_at',
        'paid_at',
        'processed_at',
        'transaction_timestamp',
        'purchase_date',
        'order_time',
        'Bestelldatum',
        'Datum',
        '下单时间',
        '创建时间',
        '付款时间',
        '订单日期',
        '日期',
      ],
    },
    {
      name: 'customer_id',
      aliases: [
        'customer',
        'user_id',
        'user',
        'email',
        'customer_email',
        'billing_email',
        'household_id',
        'Kundennummer',
        '客户',
        '会员id',
        '买家',
      ],
    },
    { name: 'cancelled_at', aliases: ['canceled_at', '取消时间'] },
    {
      name: 'status',
      aliases: ['financial_status', 'order_status', 'state', 'payment_status', '订单状态', '状态'],
    },
    { name: 'currency', aliases: ['order_currency', 'currency_code'] },
  ];
}

const kCancelledStatus =
  /^(wc-)?(cancell?ed|refunded|voided|failed|closed|expired|returned|chargeback|storniert|annul[ée]e?|已取消|已退款|交易关闭|已关闭)$/i;

const kNonProductWords =
  /\b(postage|shipping|carriage|freight|delivery|discount|voucher code|manual|samples?|fees?|charges?|commission|adjust\w*|bad debt|surcharge|deposit|tips?|donation|refund|rounding|versand\w*|porto|rabatt|livraison|remise)\b|运费|邮费|折扣|手续费|差价/i;

export async function readOrders(filePath: string, options: OrdersOptions = {}): Promise<Orders> {
  const reader = new OrderReader();
  const facts = await readTable(
    filePath,
    { columns: orderColumns, encoding: options.encoding, progress: options.progress },
    reader,
  );
  return reader.finish(facts, options);
}

/** [lines] the value of each line's order. */
function spread(values: Float64Array, orders: Int32Array): Float64Array {
  const result = new Float64Array(orders.length);
  for (let i = 0; i < orders.length; ++i) result[i] = values[orders[i] as number] as number;
  return result;
}

/** [lines], grouped by order; every item once in each. */
interface MergedLines {
  order: Int32Column;
  item: Int32Column;
  quantity: Float64Column;
  price: Float64Column;
}

class OrderReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly orders_ = new Interner();
  private readonly items_ = new Interner();
  private readonly names_ = new Interner();
  private readonly customers_ = new Interner();
  private readonly order_ = new Int32Column();
  private readonly item_ = new Int32Column();
  private readonly name_ = new Int32Column();
  private readonly customer_ = new Int32Column();
  private readonly quantity_ = new NumberColumn();
  private readonly price_ = new NumberColumn();
  private readonly time_ = new DateColumn();
  /** [orders] 1 when any of its lines says that it was cancelled. */
  private readonly cancelled_: boolean[] = [];
  /** Lines whose quantity is counted among the problems already. */
  private readonly unreadable_ = new Set<number>();
  private currencySign_ = '';
  private namedByTitle_ = 0;
  private at_ = {
    order: -1,
    item: -1,
    name: -1,
    quantity: -1,
    price: -1,
    time: -1,
    customer: -1,
    cancelled: -1,
    status: -1,
    currency: -1,
  };

  header(header: Header, problems: Problems): void {
    this.header_ = header;
    this.problems_ = problems;
    this.at_ = {
      order: header.index('order_id'),
      item: header.index('sku'),
      name: header.index('name'),
      quantity: header.index('quantity'),
      price: header.index('price'),
      time: header.index('time'),
      customer: header.index('customer_id'),
      cancelled: header.index('cancelled_at'),
      status: header.index('status'),
      currency: header.index('currency'),
    };
  }

  row(fields: readonly string[], line: number): void {
    const at = this.at_;
    const cell = (index: number): string => (index < 0 ? '' : (fields[index] as string).trim());
    const bad = (summary: string, column: string, expected: string, found: string): void =>
      this.problems_.add(summary, line, this.header_.original(column), expected, quoted(found));

    const orderId = cell(at.order);
    if (orderId === '') {
      bad('the order id is empty', 'order_id', 'an order id', '');
      return;
    }
    let itemId = cell(at.item);
    const name = cell(at.name);
    if (itemId === '') {
      if (name === '') {
        bad('the item is empty', 'sku', 'an item code', '');
        return;
      }
      itemId = name;
      ++this.namedByTitle_;
    }
    const quantityText = at.quantity < 0 ? '1' : cell(at.quantity);
    const priceText = cell(at.price);
    // Every column is pushed for every kept row, so that the columns stay in step.
    if (!this.quantity_.push(quantityText)) {
      bad('the quantity is not a number', 'quantity', 'a number', quantityText);
      this.unreadable_.add(this.quantity_.length - 1);
    }
    if (!this.price_.push(priceText)) {
      bad('the price is not a number', 'price', 'a number', priceText);
    }
    const timeText = cell(at.time);
    if (!this.time_.push(timeText)) {
      bad('the date cannot be read', 'time', 'a date such as 2024-12-31 or 31/12/2024', timeText);
    }
    const order = this.orders_.add(orderId);
    this.order_.push(order);
    this.item_.push(this.items_.add(itemId));
    this.name_.push(name === '' ? -1 : this.names_.add(name));
    const customer = cell(at.customer);
    this.customer_.push(customer === '' ? -1 : this.customers_.add(customer));
    if (cell(at.cancelled) !== '' || kCancelledStatus.test(cell(at.status))) {
      this.cancelled_[order] = true;
    }
    if (this.currencySign_ === '') {
      this.currencySign_ = cell(at.currency) || (/[\p{Sc}]/u.exec(priceText)?.[0] ?? '');
    }
  }

  finish(facts: TableFacts, options: OrdersOptions): Orders {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    const quantity = this.quantity_.finish();
    const price = this.price_.finish();
    const dates = this.time_.finish(options.dates);
    const keep = this.keptLines(quantity, tally, options.dropNonProducts === true);
    const names = this.commonestNames(keep);
    const prices = this.medianPrices(keep, price);
    const lines = this.mergeLines(keep, { quantity, price, prices }, tally);
    const time = this.orderTimes(keep, dates.seconds);
    return this.compact(facts, lines, { names, prices, time }, dates, tally);
  }

  /** Positions of the lines that count, in file order. */
  private keptLines(
    quantity: Float64Array,
    tally: LeftOutTally,
    dropNonProducts: boolean,
  ): Int32Array {
    const order = this.order_.view();
    const item = this.item_.view();
    const prefixed = this.cancellationPrefix();
    const nonProducts = dropNonProducts ? this.nonProducts(item) : new Set<number>();
    const kept = new Int32Column();
    for (let i = 0; i < order.length; ++i) {
      const orderId = this.orders_.values[order[i] as number] as string;
      const itemId = this.items_.values[item[i] as number] as string;
      const units = quantity[i] as number;
      if (this.cancelled_[order[i] as number] === true || prefixed(orderId)) {
        tally.add('lines of cancelled or refunded orders', orderId);
      } else if (Number.isNaN(units)) {
        if (this.unreadable_.has(i)) continue;
        tally.add('lines without a quantity', `${orderId}: ${itemId}`);
      } else if (units <= 0) {
        tally.add('returned lines (quantity zero or below)', `${orderId}: ${itemId}`);
      } else if (nonProducts.has(item[i] as number)) {
        tally.add('lines that are no products (postage, fees, adjustments)', itemId);
      } else {
        kept.push(i);
      }
    }
    return kept.view();
  }

  /** "C536379" is the cancellation of an order where orders are otherwise plain numbers. */
  private cancellationPrefix(): (orderId: string) => boolean {
    const prefixed = /^C\d+$/i;
    let withPrefix = 0;
    let plain = 0;
    for (const id of this.orders_.values) {
      if (prefixed.test(id)) ++withPrefix;
      else if (/^\d+$/.test(id)) ++plain;
    }
    return plain > withPrefix ? (orderId) => prefixed.test(orderId) : () => false;
  }

  /**
   * Postage, fees and the like: the code stands out from the shop's codes (no digit, or at most two
   * characters) and a description says so. Both are asked for: "MANUAL COFFEE GRINDER" is a product.
   */
  private nonProducts(item: Int32Array): Set<number> {
    const found = new Set<number>();
    const codes = this.items_.values;
    const usual = codes.filter((code) => /\d/.test(code) && code.length > 2).length;
    if (usual < codes.length * 0.9) return found;
    const name = this.name_.view();
    const suspects = new Map<number, Map<string, number>>();
    for (let i = 0; i < item.length; ++i) {
      const code = codes[item[i] as number] as string;
      if (/\d/.test(code) && code.length > 2) continue;
      const names = suspects.get(item[i] as number) ?? new Map<string, number>();
      const text = name[i] === -1 ? '' : (this.names_.values[name[i] as number] as string);
      names.set(text, (names.get(text) ?? 0) + 1);
      suspects.set(item[i] as number, names);
    }
    for (const [number, names] of suspects) {
      const [commonest] = [...names].sort((a, b) => b[1] - a[1]);
      const code = codes[number] as string;
      if (kNonProductWords.test(`${code} ${commonest?.[0] ?? ''}`)) found.add(number);
    }
    return found;
  }

  /** Groups by order and merges the repeats of an item within one. */
  private mergeLines(
    kept: Int32Array,
    /** [lines] twice; [items] what a line without a price counts as. */
    { quantity, price, prices }: Record<'quantity' | 'price' | 'prices', Float64Array>,
    tally: LeftOutTally,
  ): MergedLines {
    const order = this.order_.view();
    const item = this.item_.view();
    const keys = kept.map((line) => order[line] as number);
    const groups = groupBy(keys, this.orders_.size);
    const out = {
      order: new Int32Column(),
      item: new Int32Column(),
      quantity: new Float64Column(),
      price: new Float64Column(),
    };
    const units = new Map<number, number>();
    const money = new Map<number, number>();
    for (let g = 0; g < this.orders_.size; ++g) {
      units.clear();
      money.clear();
      for (let at = groups.starts[g] as number; at < (groups.starts[g + 1] as number); ++at) {
        const line = kept[groups.order[at] as number] as number;
        const id = item[line] as number;
        const before = units.get(id);
        if (before !== undefined) {
          tally.add('repeats of an item in one order (merged)', this.items_.values[id] as string);
        }
        units.set(id, (before ?? 0) + (quantity[line] as number));
        const each = price[line] as number;
        const paid = (each >= 0 ? each : (prices[id] as number)) * (quantity[line] as number);
        money.set(id, (money.get(id) ?? 0) + paid);
      }
      for (const [id, count] of units) {
        out.order.push(g);
        out.item.push(id);
        out.quantity.push(count);
        out.price.push((money.get(id) as number) / count);
      }
    }
    return out;
  }

  private commonestNames(kept: Int32Array): string[] {
    const item = this.item_.view();
    const name = this.name_.view();
    const counts = new Map<number, number>();
    const names = this.names_.size;
    // One number for the pair: exact up to 2^53.
    for (const line of kept) {
      if (name[line] === -1) continue;
      const pair = (item[line] as number) * names + (name[line] as number);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const best = new Int32Array(this.items_.size);
    const chosen = new Array<string>(this.items_.size).fill('');
    for (const [pair, count] of counts) {
      const id = Math.floor(pair / names);
      if (count <= (best[id] as number)) continue;
      best[id] = count;
      chosen[id] = this.names_.values[pair - id * names] as string;
    }
    return chosen;
  }

  private medianPrices(kept: Int32Array, price: Float64Array): Float64Array {
    const item = this.item_.view();
    const priced = kept.filter((line) => (price[line] as number) > 0);
    const keys = priced.map((line) => item[line] as number);
    const groups = groupBy(keys, this.items_.size);
    const medians = new Float64Array(this.items_.size).fill(-1);
    for (let g = 0; g < this.items_.size; ++g) {
      const start = groups.starts[g] as number;
      const values = new Float64Array((groups.starts[g + 1] as number) - start);
      for (let i = 0; i < values.length; ++i) {
        values[i] = price[priced[groups.order[start + i] as number] as number] as number;
      }
      values.sort();
      if (values.length > 0) medians[g] = values[(values.length - 1) >> 1] as number;
    }
    return medians;
  }

  /** [orders] the first date among an order's lines; exports often fill it on the first line only. */
  private orderTimes(kept: Int32Array, seconds: Float64Array): Float64Array {
    const order = this.order_.view();
    const times = new Float64Array(this.orders_.size).fill(Number.NaN);
    const all = this.header_.has('time') ? seconds : undefined;
    if (all !== undefined) {
      for (let i = order.length - 1; i >= 0; --i) {
        if (!Number.isNaN(all[i] as number)) times[order[i] as number] = all[i] as number;
      }
    }
    // An order without a date is taken to follow the one before it in the file.
    let last = 0;
    for (const line of kept) {
      const id = order[line] as number;
      if (Number.isNaN(times[id] as number)) times[id] = all === undefined ? id : last;
      last = times[id] as number;
    }
    return times;
  }

  /** [orders] the first customer among an order's lines; exports often fill it on the first only. */
  private orderCustomers(): Int32Array {
    const order = this.order_.view();
    const customer = this.customer_.view();
    const customers = new Int32Array(this.orders_.size).fill(-1);
    for (let i = order.length - 1; i >= 0; --i) {
      if (customer[i] !== -1) customers[order[i] as number] = customer[i] as number;
    }
    return customers;
  }

  /** Renumbers orders and items so that each number that is left occurs. */
  private compact(
    facts: TableFacts,
    lines: MergedLines,
    values: { names: string[]; prices: Float64Array; time: Float64Array },
    dates: { calendar: boolean; notes: string[] },
    tally: LeftOutTally,
  ): Orders {
    const oldOrder = lines.order.view();
    const oldItem = lines.item.view();
    if (oldOrder.length === 0) {
      throw new CliError('invalid-input', 'no order line is left', {
        file: facts.file,
        expected: 'lines with an item and a quantity above 0',
        found: tally
          .list()
          .map((entry) => `${entry.count} ${entry.reason}`)
          .join('; '),
      });
    }
    const orderNumber = new Int32Array(this.orders_.size).fill(-1);
    const itemNumber = new Int32Array(this.items_.size).fill(-1);
    const keptItems: number[] = [];
    const customers = this.orderCustomers();
    const customer = new Int32Column();
    let orderCount = 0;
    for (let i = 0; i < oldOrder.length; ++i) {
      if (orderNumber[oldOrder[i] as number] === -1) {
        orderNumber[oldOrder[i] as number] = orderCount++;
        customer.push(customers[oldOrder[i] as number] as number);
      }
      if (itemNumber[oldItem[i] as number] === -1) {
        itemNumber[oldItem[i] as number] = keptItems.length;
        keptItems.push(oldItem[i] as number);
      }
    }
    const notes = this.header_.has('time') ? [...dates.notes] : [];
    if (!this.header_.has('time'))
      notes.push('there is no date column: orders count in file order');
    if (!this.header_.has('quantity'))
      notes.push('there is no quantity column: each line counts once');
    if (this.namedByTitle_ > 0) {
      notes.push(`${this.namedByTitle_} lines have no item code; the item's name is used instead`);
    }
    return {
      facts,
      order: oldOrder.map((id) => orderNumber[id] as number),
      item: oldItem.map((id) => itemNumber[id] as number),
      quantity: lines.quantity.view(),
      price: lines.price.view(),
      customer: customer.view(),
      time: spread(values.time, oldOrder),
      orderCount,
      customers: this.customers_.values,
      customerCount: this.customers_.size,
      items: keptItems.map((id) => this.items_.values[id] as string),
      names: keptItems.map((id) => values.names[id] as string),
      prices: Float64Array.from(keptItems, (id) => values.prices[id] as number),
      calendar: this.header_.has('time') && dates.calendar,
      currencySign: this.currencySign_,
      leftOut: tally.list(),
      notes,
    };
  }
}
