// One visitor's visit: what was looked at, put into the basket and bought, and what follows from it.
// It happens in the engine on this device; it is written to the browser's storage only as far as
// the page asked and, for the device's storage, the visitor consented.

import type { Engine } from './engine.js';
import { InputError, ModelError, StateError, StorewiseError } from './errors.js';
import { type IntentNews, type IntentOptions, IntentWatch, intentBounds } from './intent-watch.js';
import { notify } from './listeners.js';
import type { Basket, OfferMatch, Recommendation } from './results.js';
import {
  type EventType,
  isKnown,
  type PageKind,
  type StorageKind,
  type VisitDocument,
  type VisitEvent,
  VisitStore,
  validEvents,
} from './storage.js';

/** Options of `shop.visit`. */
export interface VisitOptions {
  /** 'memory' by default. */
  readonly storage?: StorageKind | undefined;
  /**
   * Whether the visitor agreed that the visit is kept on this device. 'persistent' without it
   * remembers nothing, and removes what an earlier consent had left.
   */
  readonly consent?: boolean | undefined;
  /** The key in the browser's storage; `storewise:` and the shop's name by default. */
  readonly key?: string | undefined;
}

/** What changed in a visit. */
export interface VisitChange {
  /** 'restore': events came back, or another tab changed the visit; 'storage': `keep` was called. */
  readonly kind: EventType | 'restore' | 'erase' | 'storage';
  /** The product's id, or null. */
  readonly item: string | null;
}

/** Options of an event. */
export interface EventOptions {
  /** Milliseconds since 1970; now by default. */
  readonly at?: number | undefined;
}

/** Options of an event that counts pieces. */
export interface QuantityOptions extends EventOptions {
  /** From 1 to 9999. */
  readonly quantity?: number | undefined;
}

/** Options of `recommend`. */
export interface RecommendOptions {
  /**
   * The place on the page. 'for-you' (the default) weighs the whole visit, 'related' one `item`,
   * 'basket' the basket, 'popular' nothing; any other name works like 'for-you' with its own rules.
   */
  readonly slot?: string | undefined;
  /** How many at most, 10 by default. */
  readonly limit?: number | undefined;
  /** Ids that must not come. */
  readonly exclude?: readonly string[] | undefined;
  /** The product of the page, for 'related'. */
  readonly item?: string | undefined;
}

/** Options of `offers`. */
export interface OfferOptions {
  /** How many at most, 3 by default. */
  readonly limit?: number | undefined;
  /** Language of the titles; the shop's first by default. */
  readonly language?: string | undefined;
  /** The time for which offers must be valid, milliseconds since 1970; now by default. */
  readonly now?: number | undefined;
}

/** What a visitor is asked about: see `predict`. */
export type PredictionKind =
  | 'purchase-intent'
  | 'leave-intent'
  | 'price-sensitivity'
  | 'category-affinity';

/** Options of `predict`. */
export interface PredictOptions {
  /** Milliseconds since 1970; now by default. */
  readonly now?: number | undefined;
}

/** One of the reasons for a prediction. */
export interface PredictionReason {
  /** A number of the visit ('pages', 'basket_value', ...), or a category. */
  readonly feature: string;
  /** The visit's own; null where it is not known. Of a category, what was seen of it. */
  readonly value: number | null;
  /** What it adds to `base`. */
  readonly contribution: number;
  /** Its part of all that is added and taken away, 0 to 1. */
  readonly share: number;
}

/** What `predict` answers. */
export interface VisitPrediction {
  readonly kind: PredictionKind;
  /**
   * Of intents whether the probability reaches the model's threshold; of price sensitivity 0 to 1,
   * where 1 takes the cheapest of its kind or what is on offer; of affinity the category, or null.
   */
  readonly value: boolean | number | string | null;
  /**
   * Of the intent; that the next product is in the cheaper half of its category or on offer; the
   * category's share of the visitor's interest.
   */
  readonly probability: number;
  /** Log odds of a mean visit; price sensitivity of the shop's mean; 0. */
  readonly base: number;
  /** Learnt from the shop's own visits, from another shop's, or a statistic of this visit. */
  readonly source: 'shop' | 'default' | 'visit';
  /** The weightiest first. `base` and their sum are the log odds of `probability`, or `value`. */
  readonly reasons: readonly PredictionReason[];
}

/** @internal What a visit needs of its shop. */
export interface VisitHost {
  readonly engine: Engine;
  readonly shop: number;
  readonly name: string;
  known(item: string): boolean;
  language(wanted: string | undefined): string;
}

const registry =
  typeof FinalizationRegistry === 'undefined'
    ? null
    : new FinalizationRegistry<string>((name) => {
        console.warn(`storewise: a visit of ${name} was dropped without dispose()`);
      });

/** One visitor's visit. Made by `shop.visit`. */
export class Visit {
  #host: VisitHost | null;
  #handle = 0;
  readonly #store: VisitStore;
  // What the engine knows, so that a visit survives `shop.reload()`.
  #events: readonly VisitEvent[] = [];
  readonly #listeners = new Set<(change: VisitChange) => void>();
  readonly #watch = new IntentWatch((kind) => this.predict(kind));

  /** @internal */
  constructor(host: VisitHost, options: VisitOptions) {
    this.#host = host;
    this.#attach(host);
    // Without a strong reference from the window a dropped visit can still be collected.
    const weak = new WeakRef(this);
    this.#store = new VisitStore(options.key ?? `storewise:${host.name}`, (erased) => {
      const visit = weak.deref();
      if (visit !== undefined) visit.#fromOtherTab(erased);
    });
    this.#store.place(options.storage ?? 'memory', options.consent ?? false);
    this.#replace(validEvents(this.#store.read(), host.known).events);
    registry?.register(this, host.name, this);
  }

  get #open(): VisitHost {
    if (this.#host !== null) return this.#host;
    throw new StateError('disposed', 'this visit was disposed: make another with shop.visit()', {
      expected: 'a visit in use',
      found: 'a disposed one',
    });
  }

  /** Where the visit is remembered: 'memory' also when the storage is blocked or consent lacks. */
  get storage(): StorageKind {
    return this.#store.kind;
  }

  /** Events since the visit began, as far as they are kept (500). */
  get size(): number {
    return this.#events.length;
  }

  /** The visitor looks at a product. Throws InputError for an id that the catalogue lacks. */
  view(id: string, options: EventOptions = {}): void {
    this.#event('view', id, options);
  }

  /** Puts a product into the basket. Throws InputError for an id that the catalogue lacks. */
  addToCart(id: string, options: QuantityOptions = {}): void {
    this.#event('add', id, options);
  }

  /** Takes a product out of the basket: `quantity` pieces, or all of them by default. */
  removeFromCart(id: string, options: QuantityOptions = {}): void {
    this.#event('remove', id, options);
  }

  /**
   * The visitor bought the whole basket, which is empty afterwards, or the products named: `quantity`
   * of each, or all that are in the basket.
   */
  purchase(items?: string | readonly string[], options: QuantityOptions = {}): void {
    const list = typeof items === 'string' ? [items] : items;
    const { at = Date.now(), quantity } = options;
    const pieces = quantity === undefined ? {} : { quantity };
    const what = list === undefined ? {} : { items: list, ...pieces };
    this.#call({ method: 'event', type: 'purchase', at, ...what });
    this.#changed({ kind: 'purchase', item: list?.length === 1 ? (list[0] ?? null) : null });
  }

  /**
   * Products for a place on the page, best first. Never empty while the catalogue and the shop's
   * rules allow a product. Never what is in the basket.
   */
  recommend(options: RecommendOptions = {}): readonly Recommendation[] {
    const { slot = 'for-you', limit = 10, exclude, item } = options;
    return this.#call<{ items: Recommendation[] }>({
      method: 'recommend',
      slot,
      limit,
      ...(exclude === undefined ? {} : { exclude }),
      ...(item === undefined ? {} : { item }),
    }).items;
  }

  /** The shop's offers that fit this visit, best first; [] for a shop without offers. */
  offers(options: OfferOptions = {}): readonly OfferMatch[] {
    const language = this.#open.language(options.language);
    const { limit = 3, now = Date.now() } = options;
    return this.#call<{ offers: OfferMatch[] }>({ method: 'offers', limit, language, now }).offers;
  }

  /** The visitor opens a page that is of no single product: 'products', 'account' or 'information'. */
  page(kind: PageKind, options: EventOptions = {}): void {
    this.#event('page', kind, options);
  }

  /**
   * What the visitor is about to do, or likes, and why; computed here, sent nowhere. Throws
   * StateError `unsupported` for an intent that the shop has no model of.
   */
  predict(kind: PredictionKind, options: PredictOptions = {}): VisitPrediction {
    const said = this.#predict(kind, options.now ?? Date.now());
    const size = ({ contribution }: PredictionReason) => Math.abs(contribution);
    // Shares of interest are shares as they are: only the largest are given.
    const parts =
      kind === 'category-affinity' ? 0 : said.reasons.reduce((n, one) => n + size(one), 0);
    const all = parts || 1;
    const reasons = said.reasons
      .map((reason) => ({ ...reason, share: size(reason) / all }))
      .sort((a, b) => b.share - a.share);
    return { kind, ...said, reasons };
  }

  /** What is in the basket. */
  basket(): Basket {
    return this.#call({ method: 'basket' });
  }

  /** All that the visit knows, oldest event first: for "your data" pages, or for `restore`. */
  export(): VisitDocument {
    return this.#call({ method: 'export' });
  }

  /**
   * Replaces the visit by an exported one. The document is not trusted: events that are malformed,
   * or about products that the shop does not have, are skipped and counted.
   */
  restore(document: unknown): { readonly restored: number; readonly skipped: number } {
    const { events, skipped } = validEvents(document, this.#open.known);
    this.#replace(events);
    this.#changed({ kind: 'restore', item: null });
    return { restored: events.length, skipped };
  }

  /** Forgets everything: in the engine, in the browser's storage, and in other tabs. */
  erase(): void {
    this.#call({ method: 'erase' });
    this.#events = [];
    this.#store.remove();
    this.#emit({ kind: 'erase', item: null });
  }

  /**
   * Remembers the visit elsewhere from now on, for example once the visitor consents:
   * `visit.keep('persistent', { consent: true })`. What the old place holds is removed. Returns
   * the place that is really used.
   */
  keep(storage: StorageKind, options: { readonly consent?: boolean } = {}): StorageKind {
    const { engine } = this.#open;
    this.#store.move(storage, options.consent ?? false);
    if (!engine.dead) this.#store.save(this.#events);
    this.#emit({ kind: 'storage', item: null });
    return this.#store.kind;
  }

  /** Calls `listener` after every change; returns a function that ends it. */
  on(type: 'change', listener: (change: VisitChange) => void): () => void;
  /**
   * Calls `listener` once whenever the probability rises to `above` (at once when it is there), and
   * with `below` once when it has fallen below that again. Asked after each event, and every 5
   * seconds while the page is visible. Throws what `predict` throws, and InputError for bounds that
   * are none. Returns a function that ends it.
   */
  on(type: 'intent', options: IntentOptions, listener: (news: IntentNews) => void): () => void;
  on(
    type: 'change' | 'intent',
    first: IntentOptions | ((change: VisitChange) => void),
    second?: (news: IntentNews) => void,
  ): () => void {
    if (type === 'intent') {
      const bounds = intentBounds(first as IntentOptions, InputError);
      const tell = second as (news: IntentNews) => void;
      return this.#watch.add(bounds, tell, this.predict(bounds.kind));
    }
    const listener = first as (change: VisitChange) => void;
    const own = (change: VisitChange) => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Lets the visit go; what is stored stays stored. Idempotent. */
  dispose(): void {
    const host = this.#host;
    if (host === null) return;
    this.#host = null;
    this.#listeners.clear();
    this.#watch.end();
    this.#store.close();
    registry?.unregister(this);
    try {
      host.engine.close(this.#handle);
    } catch (error) {
      // The engine is gone or dead, and the visit with it.
      if (!(error instanceof StorewiseError)) throw error;
    }
  }

  /** @internal Moves the visit to a shop's new engine. */
  reattach(host: VisitHost): void {
    if (this.#host === null) return;
    this.#host = host;
    this.#attach(host);
    this.#replace(this.#events.filter(({ type, item }) => isKnown(type, item, host.known)));
    this.#emit({ kind: 'restore', item: null });
  }

  #attach(host: VisitHost): void {
    this.#handle = host.engine.call<{ visit: number }>(host.shop, { method: 'visit.open' }).visit;
  }

  #call<T>(request: { readonly method: string; readonly [key: string]: unknown }): T {
    return this.#open.engine.call<T>(this.#handle, request);
  }

  // No model is wrong here, as the engine's word for it would say: the shop has none.
  #predict(kind: PredictionKind, now: number): Omit<VisitPrediction, 'kind'> {
    try {
      const offset = -new Date(now).getTimezoneOffset();
      return this.#call({ method: 'predict', kind, now, offset });
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      throw new StateError(error.code, error.message, error);
    }
  }

  #event(type: EventType, item: string, options: QuantityOptions): void {
    const { at = Date.now(), quantity } = options;
    if (typeof item !== 'string') {
      throw new InputError('invalid-input', `${type}: a product is named by its id, a string`, {
        place: 'id',
        expected: 'a string',
        found: typeof item,
      });
    }
    const pieces = quantity === undefined ? {} : { quantity };
    this.#call({ method: 'event', type, item, at, ...pieces });
    this.#changed({ kind: type, item });
  }

  #replace(events: readonly VisitEvent[]): void {
    this.#call({ method: 'erase' });
    if (events.length > 0) this.#call({ method: 'restore', events });
    this.#events = events;
  }

  #changed(change: VisitChange): void {
    this.#events = this.export().events;
    this.#store.save(this.#events);
    this.#emit(change);
  }

  #emit(change: VisitChange): void {
    notify(this.#listeners, change);
    this.#watch.ask();
  }

  #fromOtherTab(erased: boolean): void {
    const host = this.#host;
    if (host === null || host.engine.dead) return;
    this.#replace(validEvents(this.#store.read(), host.known).events);
    this.#emit({ kind: erased ? 'erase' : 'restore', item: null });
  }
}
