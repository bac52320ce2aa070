// The one state of the storefront and everything that changes it. Pages are functions of it; after a
// change they are drawn again, at most once per turn of the event loop.

import {
  type Answer,
  loadShop,
  type OfferMatch,
  type Reason,
  type Shop,
  type StorageKind,
  type Visit,
} from 'storewise';
import { type Language, preferred, type Words, words } from '../i18n/index.js';
import { fetchJson, fetchOnce, forgetFiles } from './files.js';
import {
  type CatalogueJson,
  type Coupon,
  type FaqJson,
  Goods,
  type Item,
  type OffersJson,
  priceWith,
  type Question,
  say,
} from './goods.js';
import { markLoading, markReady, watchTraffic } from './network.js';
import { lookBack, type Returning } from './returning.js';
import { type Move, type Route, watchRoute } from './route.js';
import { Search } from './search.js';
import {
  defaultSettings,
  readSettings,
  type Settings,
  type Theme,
  writeSettings,
} from './settings.js';
import { timed } from './timings.js';

/** The store itself, for the answers' slots and the hand-over. */
export const store = {
  name: 'Greenfield Elm Street',
  phone: '+1 555 010 0142',
  mail: 'help@greenfield.example',
};

export type EngineState =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly shop: Shop; readonly visit: Visit }
  | { readonly status: 'failed'; readonly message: string };

/** A product on a shelf, with the reasons for it being there. */
export interface Placed {
  readonly item: Item;
  readonly reasons: readonly Reason[];
}

export type Message =
  | { readonly from: 'you'; readonly text: string; readonly language: Language }
  | {
      readonly from: 'shop';
      readonly answer: Answer;
      readonly took: number;
      readonly language: Language;
    };

class App {
  settings: Settings = defaultSettings;
  route: Route = { page: 'home' };
  goods: Goods | null = null;
  goodsError = '';
  coupons: readonly Coupon[] = [];
  questions: readonly Question[] = [];
  engine: EngineState = { status: 'loading' };
  search: Search | null = null;
  basket: ReadonlyMap<string, number> = new Map();
  messages: readonly Message[] = [];
  online = true;
  /** The order number while the thank-you page of a pretend purchase is shown. */
  thanks = '';
  forgotten = false;
  keepRefused = false;
  /** Which card shows its reasons, as "shelf/product". */
  openWhy = '';
  /** How many products of a long list are shown. */
  shown = 40;
  /** For the one region outside the help panel that speaks. */
  announcement = '';
  /** What is known of somebody who has bought here before. */
  returning: Returning | null = null;

  get t(): Words {
    return words(this.settings.language);
  }

  get language(): Language {
    return this.settings.language;
  }
}

export const app = new App();

let draw: () => void = () => {};
let pending = false;

/** Draws the page again, soon. */
export function changed(): void {
  if (pending) return;
  pending = true;
  queueMicrotask(() => {
    pending = false;
    draw();
  });
}

// What a page shows is asked once, when the visitor comes to it, and then stands still: a shelf that
// rearranges itself under the hand would be rude.
let asked = new Map<string, unknown>();

/** Asks once for each page visit. */
export function once<T>(key: string, ask: () => T): T {
  if (!asked.has(key)) asked.set(key, ask());
  return asked.get(key) as T;
}

const shopUrl = () => new URL('shop/shop.json', document.baseURI);

/** Where the shop's files lie, by role; null for one that it has not. */
async function addresses(): Promise<(role: string) => URL | null> {
  const base = shopUrl();
  const manifest = await fetchJson<{ files: { [role: string]: { file: string } | undefined } }>(
    base,
  );
  return (role) => {
    const file = manifest.files[role]?.file;
    return file === undefined ? null : new URL(file, base);
  };
}

async function loadGoods(): Promise<void> {
  const address = await addresses();
  const optional = async <T>(role: string): Promise<T | null> => {
    const url = address(role);
    return url === null ? null : fetchJson<T>(url).catch(() => null);
  };
  const [catalogue, offers, faq] = await Promise.all([
    fetchJson<CatalogueJson>(address('catalogue') ?? new URL('catalogue.json', shopUrl())),
    optional<OffersJson>('offers'),
    optional<FaqJson>('faq'),
  ]);
  const goods = new Goods(catalogue);
  const today = new Date().toISOString().slice(0, 10);
  app.coupons = offers === null ? [] : goods.coupons(offers, today);
  app.questions = faq?.entries ?? [];
  app.goods = goods;
  app.goodsError = '';
  asked = new Map();
  changed();
}

async function loadEngine(): Promise<void> {
  const shop = await loadShop(shopUrl(), { fetch: fetchOnce });
  const { keep } = app.settings;
  const visit = shop.visit({ storage: keep, consent: keep === 'persistent' });
  // What went into the basket while the engine was still on its way.
  for (const [id, quantity] of app.basket)
    if (shop.catalogue.has(id)) visit.addToCart(id, { quantity });
  const { route } = app;
  if (route.page === 'product' && shop.catalogue.has(route.id)) visit.view(route.id);
  visit.on('change', ({ kind }) => {
    if (kind === 'restore' || kind === 'erase') asked = new Map();
    syncBasket(visit);
  });
  app.engine = { status: 'ready', shop, visit };
  asked = new Map();
  syncBasket(visit);
  seePage(route);
  tellWatchers();
}

async function lookBackOnOrders(): Promise<void> {
  const { engine, goods } = app;
  if (engine.status !== 'ready' || goods === null || !isWatching()) return;
  const address = await addresses();
  app.returning = await lookBack(address('customers'), engine.visit.export().events, goods);
}

// --- predictions ---

const watchers = new Set<(visit: Visit | null) => void>();

/** Whether the visitor lets the page work out what they are about to do. */
export function isWatching(): boolean {
  return app.settings.predictions;
}

function tellWatchers(): void {
  const { engine } = app;
  const visit = engine.status === 'ready' && isWatching() ? engine.visit : null;
  for (const watcher of watchers) watcher(visit);
}

/** Calls `watcher` with the visit when it may be watched, and with null when no longer. */
export function onVisit(watcher: (visit: Visit | null) => void): void {
  watchers.add(watcher);
}

export function setPredictions(predictions: boolean): void {
  app.settings = { ...app.settings, predictions };
  if (!predictions) app.returning = null;
  writeSettings(app.settings);
  asked = new Map();
  tellWatchers();
  changed();
}

/** Gives this visit a coupon, without the condition that it usually has. */
export function grant(coupon: string): void {
  app.settings = { ...app.settings, granted: coupon };
  writeSettings(app.settings);
  const found = granted();
  if (found !== null) app.announcement = app.t.grantedSays(found.title);
  changed();
}

/** The coupon that this visit was given, and what it takes off the basket now. */
export function granted(): {
  readonly coupon: Coupon;
  readonly title: string;
  readonly saving: number;
} | null {
  const coupon = app.coupons.find(({ id }) => id === app.settings.granted);
  if (coupon === undefined) return null;
  const worth = worthOf(basketItems().filter(({ item }) => coupon.items.includes(item.id)));
  const off = coupon.kind === 'percent' ? (worth * coupon.value) / 100 : coupon.value;
  const saving = Math.round(Math.min(worth, off) * 100) / 100;
  return { coupon, title: say(coupon.title, app.language), saving };
}

const pageKinds = {
  home: 'products',
  department: 'products',
  search: 'products',
  basket: 'account',
} as const;

/**
 * Tells the visit of a page that is no product; not while predictions are off, which alone use it.
 * Looking at one's data adds nothing to them.
 */
export function seePage({ page }: Route): void {
  const { engine } = app;
  if (engine.status !== 'ready' || !isWatching() || !(page in pageKinds)) return;
  engine.visit.page(pageKinds[page as keyof typeof pageKinds]);
}

export function seeHelp(): void {
  const { engine } = app;
  if (engine.status === 'ready' && isWatching()) engine.visit.page('information');
}

function syncBasket(visit: Visit): void {
  app.basket = new Map(visit.basket().items.map(({ id, quantity }) => [id, quantity]));
  changed();
}

/** Loads the shop, or loads again what failed. Never rejects: failures are states. */
export async function load(): Promise<void> {
  markLoading();
  if (app.engine.status === 'failed') app.engine = { status: 'loading' };
  app.goodsError = '';
  changed();
  await Promise.all([
    app.goods === null
      ? loadGoods().catch((error: unknown) => {
          app.goodsError = String(error instanceof Error ? error.message : error);
        })
      : null,
    app.engine.status === 'ready'
      ? null
      : loadEngine().catch((error: unknown) => {
          app.engine = {
            status: 'failed',
            message: String(error instanceof Error ? error.message : error),
          };
          asked = new Map();
        }),
  ]);
  changed();
  await lookBackOnOrders().catch(() => {
    // Nothing is known of earlier orders then; the shop does without.
  });
  forgetFiles();
  markReady();
  changed();
  const { goods } = app;
  if (goods !== null && app.search === null) {
    whenIdle(() => {
      buildSearch(goods);
    });
  }
}

function whenIdle(work: () => void): void {
  // Safari has no requestIdleCallback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 300);
}

/** Starts everything. `render` draws the page; `arrived` runs after a new page was drawn. */
export function start(render: () => void, arrived: (move: Move) => void): void {
  draw = render;
  app.settings = readSettings({ ...app.settings, language: preferred(navigator.languages) });
  applySettings();
  app.online = navigator.onLine;
  for (const type of ['online', 'offline']) {
    addEventListener(type, () => {
      app.online = navigator.onLine;
      changed();
    });
  }
  watchTraffic(changed);
  app.route = watchRoute((route, move) => {
    const { page } = app.route;
    app.route = route;
    if (!move.same) {
      asked = new Map();
      app.openWhy = '';
      app.forgotten = false;
      app.announcement = '';
      if (page === 'basket') app.thanks = '';
      see(route);
      seePage(route);
    }
    app.shown = 40;
    draw();
    arrived(move);
  });
  void load(); // draws at once, after the requests are on their way
}

function see(route: Route): void {
  const { engine } = app;
  if (route.page !== 'product' || engine.status !== 'ready') return;
  if (engine.shop.catalogue.has(route.id)) engine.visit.view(route.id);
}

// --- settings ---

function applySettings(): void {
  const { language, theme } = app.settings;
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
  document.documentElement.dataset.theme = theme;
  writeSettings(app.settings);
}

export function setLanguage(language: Language): void {
  app.settings = { ...app.settings, language };
  applySettings();
  changed();
}

export function isDark(): boolean {
  const { theme } = app.settings;
  return theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

export function setTheme(theme: Theme): void {
  app.settings = { ...app.settings, theme };
  applySettings();
  changed();
}

export function setKeep(keep: StorageKind): void {
  const { engine } = app;
  const used =
    engine.status === 'ready' ? engine.visit.keep(keep, { consent: keep === 'persistent' }) : keep;
  app.keepRefused = used !== keep;
  app.settings = { ...app.settings, keep: used };
  applySettings();
  changed();
}

// --- basket ---

export function quantityOf(id: string): number {
  return app.basket.get(id) ?? 0;
}

/** Sets how many pieces of a product are in the basket. */
export function setQuantity(item: Item, quantity: number): void {
  const before = quantityOf(item.id);
  const after = Math.max(0, Math.min(99, quantity));
  if (after === before) return;
  const basket = new Map(app.basket);
  if (after > 0) basket.set(item.id, after);
  else basket.delete(item.id);
  app.basket = basket;
  app.thanks = '';
  app.announcement = app.t.added(nameOf(item), after);
  const { engine } = app;
  if (engine.status === 'ready') {
    if (after > before) engine.visit.addToCart(item.id, { quantity: after - before });
    else engine.visit.removeFromCart(item.id, { quantity: before - after });
  }
  changed();
}

export interface Line {
  readonly item: Item;
  readonly quantity: number;
}

export function basketItems(): readonly Line[] {
  return [...app.basket].flatMap(([id, quantity]) => {
    const item = app.goods?.get(id);
    return item === undefined ? [] : [{ item, quantity }];
  });
}

/** What these lines of the basket cost before coupons. */
export function worthOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { item, quantity }) => sum + (item.price ?? 0) * quantity, 0);
}

export function basketCount(): number {
  let count = 0;
  for (const quantity of app.basket.values()) count += quantity;
  return count;
}

/** A pretend purchase: the visit learns of it, nothing else happens. */
export function checkOut(): void {
  const { engine } = app;
  if (engine.status === 'ready') engine.visit.purchase();
  app.basket = new Map();
  const order = `GF-${10000 + Math.floor(Math.random() * 90000)}`;
  app.settings = { ...app.settings, order, granted: '' };
  writeSettings(app.settings);
  app.thanks = order;
  asked = new Map();
  changed();
}

export function forget(): void {
  const { engine } = app;
  if (engine.status === 'ready') engine.visit.erase();
  app.basket = new Map();
  app.messages = [];
  app.settings = { ...app.settings, order: defaultSettings.order, granted: '' };
  app.returning = null;
  writeSettings(app.settings);
  app.forgotten = true;
  asked = new Map();
  changed();
}

// --- shelves ---

/** The product's name; a number and its unit ("20 oz") stay on one line. */
export function nameOf(item: Item): string {
  return say(item.names, app.language).replace(/(\d) (\p{L})/gu, '$1\u00a0$2');
}

function place(
  recommendations: readonly { id: string; reasons: readonly Reason[] }[],
): readonly Placed[] {
  return recommendations.flatMap(({ id, reasons }) => {
    const item = app.goods?.get(id);
    return item === undefined ? [] : [{ item, reasons }];
  });
}

const plain = (items: readonly Item[]): readonly Placed[] =>
  items.map((item) => ({ item, reasons: [] }));

/** A shelf, or null while there is nothing to put on it yet. */
export type Shelfful = readonly Placed[] | null;

export function forYou(limit: number): Shelfful {
  const { engine, goods } = app;
  if (goods === null || engine.status === 'loading') return null;
  if (engine.status === 'failed') return plain(goods.items.slice(0, limit));
  return once('for-you', () =>
    place(timed('recommend', () => engine.visit.recommend({ slot: 'for-you', limit }))),
  );
}

export function popular(limit: number, exclude: readonly string[] = []): Shelfful {
  const { engine, goods } = app;
  if (goods === null || engine.status === 'loading') return null;
  if (engine.status === 'failed') {
    return plain(goods.items.filter(({ id }) => !exclude.includes(id)).slice(0, limit));
  }
  return once('popular', () =>
    place(timed('recommend', () => engine.visit.recommend({ slot: 'popular', limit, exclude }))),
  );
}

export function related(item: Item, limit: number): Shelfful {
  const { engine } = app;
  if (engine.status === 'loading') return null;
  if (engine.status === 'failed') {
    const shelf = item.department?.items.filter((one) => one.category !== item.category) ?? [];
    return plain(shelf.slice(0, limit));
  }
  return once(`related ${item.id}`, () =>
    place(
      timed('recommend', () => engine.visit.recommend({ slot: 'related', item: item.id, limit })),
    ),
  );
}

export function similar(item: Item, limit: number, exclude: readonly string[] = []): Shelfful {
  const { engine } = app;
  if (engine.status === 'loading') return null;
  if (engine.status === 'failed') {
    return plain(item.category?.items.filter((one) => one !== item).slice(0, limit) ?? []);
  }
  return once(`similar ${item.id}`, () =>
    place(timed('similar', () => engine.shop.similar(item.id, { limit: limit + exclude.length })))
      .filter((one) => !exclude.includes(one.item.id))
      .slice(0, limit),
  );
}

/** Follows the basket, unlike the others. */
export function withBasket(limit: number): Shelfful {
  const { engine, goods } = app;
  if (goods === null || engine.status === 'loading') return null;
  if (engine.status === 'failed')
    return plain(goods.items.filter(({ id }) => !app.basket.has(id)).slice(0, limit));
  return once(`basket ${basketKey()}`, () =>
    place(timed('recommend', () => engine.visit.recommend({ slot: 'basket', limit }))),
  );
}

function basketKey(): string {
  return [...app.basket].map(([id, quantity]) => `${id}*${quantity}`).join();
}

export function offers(limit: number): readonly OfferMatch[] | null {
  const { engine, language } = app;
  if (engine.status === 'loading') return null;
  if (engine.status === 'failed') return [];
  return once(`offers ${limit} ${language} ${basketKey()}`, () =>
    timed('offers', () => engine.visit.offers({ limit, language })),
  );
}

/** The coupons that the basket earns, at most one for each product, and what they take off. */
export function applied(): { readonly matches: readonly OfferMatch[]; readonly saving: number } {
  const taken = new Set<string>();
  const matches: OfferMatch[] = [];
  let saving = 0;
  const earned = (offers(20) ?? []).flatMap((match): OfferMatch[] => {
    if (match.status === 'applies') return [match];
    const given = match.offer.id === app.settings.granted ? granted() : null;
    return given === null || given.saving === 0
      ? []
      : [{ ...match, status: 'applies', saving: given.saving }];
  });
  for (const match of [...earned].sort((a, b) => b.saving - a.saving)) {
    const all = app.coupons.find(({ id }) => id === match.offer.id)?.items ?? match.offer.items;
    const items = all.filter((id) => app.basket.has(id));
    if (items.some((id) => taken.has(id))) continue;
    for (const id of items) taken.add(id);
    matches.push(match);
    saving += match.saving;
  }
  return { matches, saving };
}

/** The coupons for a product that are shown with it: on a shelf those of this visit, on its own page any. */
export function couponsFor(item: Item, onItsPage = false): readonly Coupon[] {
  const visits = onItsPage ? null : (offers(3) ?? []).map(({ offer }) => offer.id);
  return app.coupons.filter(
    ({ id, items }) => (visits === null || visits.includes(id)) && items.includes(item.id),
  );
}

/** The price of one piece with the best of these coupons, or null. */
export function couponPrice(item: Item, coupons: readonly Coupon[]): number | null {
  const prices = coupons.flatMap((coupon) => priceWith(item, coupon) ?? []);
  return prices.length === 0 ? null : Math.min(...prices);
}

// --- search ---

function buildSearch(goods: Goods): Search {
  if (app.search === null) {
    app.search = new Search(goods);
    app.search.ready.then(changed);
    changed();
  }
  return app.search;
}

export function find(query: string): readonly Item[] | null {
  const { goods } = app;
  if (goods === null) return null;
  const search = buildSearch(goods);
  if (!search.done) return null;
  return once(`search ${query}`, () => timed('search', () => search.find(query)));
}

// --- questions ---

function slots(): { readonly [slot: string]: string } {
  return { order_number: app.settings.order, store_name: store.name, support_phone: store.phone };
}

/** Fills the slots of an answer that is read from the list, when the engine cannot. */
export function fill(text: string): string {
  const values = slots();
  return text.replace(/\{([a-z_]+)\}/g, (whole, slot: string) => values[slot] ?? whole);
}

function reply(text: string, work: (shop: Shop) => Answer): void {
  const { engine, language } = app;
  if (engine.status !== 'ready') return;
  const started = performance.now();
  const answer = timed('ask', () => work(engine.shop));
  const took = performance.now() - started;
  app.messages = [
    ...app.messages,
    { from: 'you', text, language },
    { from: 'shop', answer, took, language },
  ];
  changed();
}

export function ask(text: string): void {
  const { language } = app;
  reply(text, (shop) => shop.ask(text, { language, slots: slots(), limit: 3 }));
}

/** A chip or a choice was clicked. */
export function choose(intent: string, question: string): void {
  const { language } = app;
  reply(question, (shop) => shop.answer(intent, { language, slots: slots() }));
}
