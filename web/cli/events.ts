// Reads visits: a CSV `session,item,time` (optional `user,event,quantity`), as the recommender is
// trained and judged on. An orders export serves as well: each order is then one session without
// an order of its items. Without a session column, a visitor's events are cut at pauses of 30 minutes.
import path from 'node:path';
import { Float64Column, groupBy, Int32Column, Interner } from './columns.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import { type ColumnSpec, type Header, headerKey } from './csv/headers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { peekHeader, readTable, type TableFacts } from './csv/table.js';
import { CliError, listed, quoted } from './errors.js';
import { eventKind, isPage, kEventKinds } from './event-kinds.js';
import { type LeftOut, LeftOutTally } from './left-out.js';
import { type Orders, orderColumns, readOrders } from './orders.js';

/** Events in file order; sessions and items numbered in the order of first sight. */
export interface Events {
  facts: TableFacts;
  session: Int32Array;
  item: Int32Array;
  /** Seconds since 1970, or steps. */
  time: Float64Array;
  sessionCount: number;
  items: string[];
  /** "events" or "orders": what kind of file it was. */
  source: 'events' | 'orders';
  calendar: boolean;
  leftOut: LeftOut[];
  notes: string[];
}

export interface EventsOptions {
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  progress?: ReadProgress | undefined;
}

const kSessionNames = ['session_id', 'sid', 'visit', 'visit_id', 'click_session', '会话'];
const kUserNames = [
  'user_id',
  'visitor',
  'visitor_id',
  'customer',
  'customer_id',
  'client_id',
  '用户',
];
const kPauseSeconds = 30 * 60;
export const kCutAtPauses = 'there is no session column: visits end at pauses of 30 minutes';
export const kOtherEvents = 'events of other kinds';
export const kUnknownItems = 'lines with items that the product list lacks';

export const kEventColumns: readonly ColumnSpec[] = [
  { name: 'session', aliases: kSessionNames },
  {
    name: 'item',
    aliases: [
      'item_id',
      'sku',
      'product',
      'product_id',
      'article',
      'stock_code',
      '商品id',
      '商品编号',
    ],
    required: true,
  },
  { name: 'time', aliases: ['timestamp', 'datetime', 'date', 'created_at', 'event_time', '时间'] },
  { name: 'user', aliases: kUserNames },
  { name: 'event', aliases: ['event_type', 'action', 'type', 'behavior', 'behaviour', '行为'] },
  { name: 'quantity', aliases: ['qty', '数量'] },
];

/**
 * What a header is of: sessions of events, an orders export (it has an order number), or a visitor's
 * events without sessions; undefined for anything else.
 */
function kindOf(keys: ReadonlySet<string>): 'events' | 'orders' | undefined {
  const has = (names: readonly string[]): boolean =>
    names.some((name) => keys.has(headerKey(name)));
  if (has(['session', ...kSessionNames])) return 'events';
  const [order] = orderColumns(keys);
  if (order !== undefined && has([order.name, ...(order.aliases ?? [])])) return 'orders';
  return has(['user', ...kUserNames]) ? 'events' : undefined;
}

/** The refusal of a header that tells neither visits nor visitors. */
export function noSession(file: string, names: readonly string[], orElse = ''): CliError {
  return new CliError('invalid-input', 'there is no column "session"', {
    file,
    expected: `a header with session, item, time (or ${kSessionNames.join(', ')})${orElse}`,
    found: listed(names.map((name) => quoted(name))),
  });
}

/** Reads events, or an orders export as events. */
export async function readEvents(filePath: string, options: EventsOptions = {}): Promise<Events> {
  const keys = await peekHeader(filePath, options.encoding);
  const kind = kindOf(keys);
  if (kind === undefined) {
    throw noSession(
      path.basename(filePath),
      [...keys],
      '; or an orders export with order_id, invoice, …',
    );
  }
  if (kind === 'orders') {
    return ordersAsEvents(await readOrders(filePath, { ...options, dropNonProducts: true }));
  }
  const reader = new EventReader();
  const facts = await readTable(filePath, { columns: kEventColumns, ...options }, reader);
  return reader.finish(facts, options);
}

/** Orders as sessions: the lines of an order share its time. */
export function ordersAsEvents(orders: Orders): Events {
  return {
    facts: orders.facts,
    session: orders.order,
    item: orders.item,
    time: orders.time,
    sessionCount: orders.orderCount,
    items: orders.items,
    source: 'orders',
    calendar: orders.calendar,
    leftOut: orders.leftOut,
    notes: orders.notes,
  };
}

/** The events whose item `known` accepts, renumbered; the others are counted. */
export function onlyKnownItems(
  events: Events,
  known: (item: string) => boolean,
  reason: string,
): Events {
  const keeps = events.items.map(known);
  if (keeps.every(Boolean)) return events;
  const tally = new LeftOutTally(events.facts.file);
  const session = new Int32Column();
  const item = new Int32Column();
  const time = new Float64Column();
  const sessions = new Map<number, number>();
  const items = new Interner();
  for (let i = 0; i < events.item.length; ++i) {
    const id = events.item[i] as number;
    const name = events.items[id] as string;
    if (!keeps[id]) {
      tally.add(reason, name);
      continue;
    }
    const old = events.session[i] as number;
    let fresh = sessions.get(old);
    if (fresh === undefined) {
      fresh = sessions.size;
      sessions.set(old, fresh);
    }
    session.push(fresh);
    item.push(items.add(name));
    time.push(events.time[i] as number);
  }
  return {
    ...events,
    session: session.view(),
    item: item.view(),
    time: time.view(),
    sessionCount: sessions.size,
    items: items.values,
    leftOut: [...events.leftOut, ...tally.list()],
  };
}

class EventReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly sessions_ = new Interner();
  private readonly items_ = new Interner();
  private readonly session_ = new Int32Column();
  private readonly item_ = new Int32Column();
  private readonly time_ = new DateColumn();
  private removed_ = 0;
  private pages_ = 0;
  private readonly itemless_ = new Map<string, number>();

  header(header: Header, problems: Problems): void {
    this.header_ = header;
    this.problems_ = problems;
  }

  row(fields: readonly string[], line: number): void {
    const cell = (column: string): string => this.header_.cell(fields, column);
    const bad = (summary: string, column: string, expected: string, found: string): void =>
      this.problems_.add(summary, line, this.header_.original(column), expected, quoted(found));
    const by = this.header_.has('session') ? 'session' : 'user';
    const session = cell(by);
    if (session === '') {
      bad(`the ${by} is empty`, by, `a ${by} id`, '');
      return;
    }
    const event = cell('event');
    const kind = eventKind(event);
    if (isPage(kind)) {
      ++this.pages_;
      return;
    }
    const item = cell('item');
    if (item === '' && event !== '' && kind < 0) {
      this.itemless_.set(event, (this.itemless_.get(event) ?? 0) + 1);
      return;
    }
    if (item === '') {
      bad('the item is empty', 'item', 'an item code', '');
      return;
    }
    // Taking something out of a basket is no sign of interest in it.
    if (kind === kEventKinds.indexOf('remove')) {
      ++this.removed_;
      return;
    }
    const time = cell('time');
    if (!this.time_.push(time)) {
      bad('the time cannot be read', 'time', 'a date or seconds since 1970', time);
    }
    this.session_.push(this.sessions_.add(session));
    this.item_.push(this.items_.add(item));
  }

  finish(facts: TableFacts, options: EventsOptions): Events {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    if (this.removed_ > 0)
      tally.add('events that take an item out of the basket', '', this.removed_);
    if (this.pages_ > 0)
      tally.add(
        'pages that are no product’s: suggestions are not learnt from them',
        '',
        this.pages_,
      );
    for (const [event, count] of this.itemless_) tally.add(kOtherEvents, event, count);
    if (this.item_.length === 0) {
      throw new CliError('invalid-input', 'no event is left', { file: facts.file });
    }
    const dates = this.time_.finish(options.dates);
    const hasTime = this.header_.has('time');
    const notes = hasTime
      ? [...dates.notes]
      : ['there is no time column: events count in file order'];
    const time = dates.seconds;
    let last = 0;
    for (let i = 0; i < time.length; ++i) {
      if (!hasTime) time[i] = i;
      else if (Number.isNaN(time[i] as number)) time[i] = last;
      last = time[i] as number;
    }
    let session = this.session_.view();
    let sessionCount = this.sessions_.size;
    if (!this.header_.has('session')) {
      ({ session, sessionCount } = cutAtPauses(session, sessionCount, time));
      notes.push(kCutAtPauses);
    }
    return {
      facts,
      session,
      item: this.item_.view(),
      time,
      sessionCount,
      items: this.items_.values,
      source: 'events',
      calendar: hasTime && dates.calendar,
      leftOut: tally.list(),
      notes,
    };
  }
}

/** Sessions out of each user's events, a new one after each pause. */
export function cutAtPauses(
  user: Int32Array,
  users: number,
  time: Float64Array,
): { session: Int32Array; sessionCount: number } {
  const groups = groupBy(user, users);
  const session = new Int32Array(user.length);
  let count = 0;
  for (let g = 0; g < users; ++g) {
    const mine = groups.order.slice(groups.starts[g], groups.starts[g + 1]);
    mine.sort((a, b) => (time[a] as number) - (time[b] as number) || a - b);
    let last = Number.NEGATIVE_INFINITY;
    for (const at of mine) {
      if ((time[at] as number) - last > kPauseSeconds) ++count;
      last = time[at] as number;
      session[at] = count - 1;
    }
  }
  return { session, sessionCount: count };
}
