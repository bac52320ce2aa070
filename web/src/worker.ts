// `storewise/worker`: shops and models off the main thread. The names are those of `storewise`; what
// asks the engine answers by a promise. The files are fetched, checked and opened in a worker; the
// catalogue and the questions are here as well, since a page reads them all the time, and so is the
// visit's storage, since a worker has none.

import { Catalogue, type CatalogueFile, Faq, type FaqFile } from './catalogue.js';
import {
  type ErrorCode,
  type EventOptions,
  InputError,
  type IntentNews,
  type IntentOptions,
  LoadError,
  type LoadOptions,
  type Model,
  ModelError,
  type ModelOptions,
  type ModelSource,
  type OfferOptions,
  type PageKind,
  type PredictionKind,
  type PredictOptions,
  type QuantityOptions,
  type Shop,
  type ShopOptions,
  type ShopSource,
  StateError,
  type StorewiseError,
  type Visit,
  type VisitChange,
  type VisitOptions,
  type VisitPrediction,
} from './index.js';
import { IntentWatch, intentBounds } from './intent-watch.js';
import { notify } from './listeners.js';
import { type EventType, type StorageKind, VisitStore } from './storage.js';
import { kModelMethods, kShopMethods, kVisitMethods } from './worker-methods.js';
import type { Call, CarriedError, Port, Reply } from './worker-thread.js';

/** The methods `Names` of `T`, each answering by a promise. */
export type Remote<T, Names extends keyof T> = {
  readonly [Name in Names]: T[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never;
};

/** Where the work is done: a worker of this package's own, which is made when it is first needed. */
export interface WorkerOption {
  /** A worker that runs `storewise/worker-thread`, or a port to one; the page's own to end. */
  readonly worker?: Worker | MessagePort | undefined;
}

/** A shop in the worker. */
export interface RemoteShop extends Remote<Shop, (typeof kShopMethods)[number]> {
  readonly name: string;
  readonly currency: string;
  readonly languages: readonly string[];
  readonly catalogue: Catalogue;
  readonly faq: Faq;
  /** As `Shop.visit`. The storage is the page's. */
  visit(options?: VisitOptions): Promise<RemoteVisit>;
  reload(options?: LoadOptions): Promise<void>;
  /** Lets the shop and its visits go. */
  dispose(): void;
}

/** A visit in the worker. */
export interface RemoteVisit extends Remote<Visit, (typeof kVisitMethods)[number]> {
  readonly storage: StorageKind;
  view(id: string, options?: EventOptions): Promise<void>;
  addToCart(id: string, options?: QuantityOptions): Promise<void>;
  removeFromCart(id: string, options?: QuantityOptions): Promise<void>;
  purchase(items?: string | readonly string[], options?: QuantityOptions): Promise<void>;
  page(kind: PageKind, options?: EventOptions): Promise<void>;
  predict(kind: PredictionKind, options?: PredictOptions): Promise<VisitPrediction>;
  offers(options?: OfferOptions): ReturnType<Remote<Visit, 'offers'>['offers']>;
  restore(document: unknown): Promise<{ readonly restored: number; readonly skipped: number }>;
  erase(): Promise<void>;
  keep(storage: StorageKind, options?: { readonly consent?: boolean }): Promise<StorageKind>;
  /** Calls `listener` after every change; returns a function that ends it. */
  on(type: 'change', listener: (change: VisitChange) => void): () => void;
  /** As `Visit.on`: rejects where that throws. */
  on(
    type: 'intent',
    options: IntentOptions,
    listener: (news: IntentNews) => void,
  ): Promise<() => void>;
  /** Lets the visit go; what is stored stays stored. */
  dispose(): void;
}

/** A model in the worker. */
export interface RemoteModel extends Remote<Model, (typeof kModelMethods)[number]> {
  readonly backend: Model['backend'] | 'onnxruntime';
  readonly backendReason: string;
  readonly description: Model['description'];
  readonly inputs: Model['inputs'];
  readonly outputs: Model['outputs'];
  readonly metadata: Model['metadata'];
  reload(options?: LoadOptions): Promise<void>;
  dispose(): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly caller: Error;
  readonly onProgress?: LoadOptions['onProgress'];
}

const kClasses: { readonly [kind: string]: typeof StorewiseError } = {
  LoadError,
  ModelError,
  InputError,
  StateError,
};

function rebuilt(carried: CarriedError, caller: Error): Error {
  const Kind = kClasses[carried.kind];
  const error =
    Kind === undefined
      ? Object.assign(new Error(carried.message), { name: carried.name })
      : new Kind(carried.code as ErrorCode, carried.message, carried);
  // Where the page called from is what its author looks for; the worker's own lines say nothing.
  const lines = (caller.stack ?? '').split('\n').filter((line) => !line.startsWith('Error'));
  error.stack = [`${error.name}: ${error.message}`, ...lines].join('\n');
  return error;
}

// Calls to one worker, and the promises that wait for it.
class Thread {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(worker: Worker | MessagePort) {
    this.#port = worker as Port;
    worker.addEventListener('message', (event) => this.#reply((event as MessageEvent<Reply>).data));
    worker.addEventListener('error', (event) => {
      const why = (event as ErrorEvent).message || 'its script could not be loaded';
      for (const { reject } of this.#waiting.values()) {
        const message = `the worker failed: ${why}`;
        reject(
          new LoadError('network', message, { expected: 'storewise in a worker', found: why }),
        );
      }
      this.#waiting.clear();
      if (Thread.#own === this) Thread.#own = undefined;
    });
    this.#port.start?.();
  }

  static #own: Thread | undefined;
  static readonly #others = new WeakMap<object, Thread>();

  // The thread behind `worker`, or the page's one.
  static of(worker: WorkerOption['worker']): Thread {
    if (worker !== undefined) {
      const known = Thread.#others.get(worker) ?? new Thread(worker);
      Thread.#others.set(worker, known);
      return known;
    }
    if (typeof Worker !== 'function') {
      throw new StateError('missing-package', 'there are no workers here: pass one as `worker`', {
        expected: 'a browser, or the option `worker`',
        found: 'neither',
      });
    }
    Thread.#own ??= new Thread(
      new Worker(new URL('./worker-thread.js', import.meta.url), {
        type: 'module',
        name: 'storewise',
      }),
    );
    return Thread.#own;
  }

  call<T>(
    object: number,
    method: string,
    given: readonly unknown[],
    { signal, onProgress }: LoadOptions = {},
  ): Promise<T> {
    const caller = new Error();
    this.#last += 1;
    const id = this.#last;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const call: Call = {
        id,
        object,
        method,
        arguments: given,
        progress: onProgress !== undefined,
      };
      this.#port.postMessage(call);
      const abort = () => {
        this.#port.postMessage({ abort: id, reason: String(signal?.reason) });
        this.#waiting.delete(id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const done =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          signal?.removeEventListener('abort', abort);
          settle(value);
        };
      this.#waiting.set(id, {
        resolve: done(resolve as (value: unknown) => void),
        reject: done(reject),
        caller,
        onProgress,
      });
    });
  }

  #reply(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if ('progress' in reply) {
      waiting.onProgress?.(reply.progress as never);
      return;
    }
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting.reject(rebuilt(reply.error, waiting.caller));
    else waiting.resolve(reply.value);
  }
}

// An object in the worker that the page may forget: then it goes there too.
const forgotten =
  typeof FinalizationRegistry === 'undefined'
    ? null
    : new FinalizationRegistry<() => void>((dispose) => dispose());

class Handle {
  readonly thread: Thread;
  readonly object: number;
  readonly #what: string;
  #open = true;
  // What else ends with it.
  #end = () => {};

  constructor(thread: Thread, object: number, what: string) {
    this.thread = thread;
    this.object = object;
    this.#what = what;
  }

  call<T>(method: string, given: readonly unknown[], options?: LoadOptions): Promise<T> {
    if (this.#open) return this.thread.call<T>(this.object, method, given, options);
    const message = `${this.#what} was disposed`;
    const detail = { expected: `${this.#what} in use`, found: 'a disposed one' };
    return Promise.reject(new StateError('disposed', message, detail));
  }

  /** Functions that call the methods of the same names. */
  methods<T, Names extends keyof T & string>(names: readonly Names[]): Remote<T, Names> {
    const call =
      (name: string) =>
      (...given: unknown[]) =>
        this.call(name, given);
    return Object.fromEntries(names.map((name) => [name, call(name)])) as Remote<T, Names>;
  }

  /** Disposes when the page forgets `owner`, and calls `end` whenever it does. */
  follow(owner: object, end: () => void = () => {}): void {
    this.#end = end;
    forgotten?.register(owner, () => this.dispose(), this);
  }

  /** Once: the worker's own dispose; afterwards calls are refused. */
  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    forgotten?.unregister(this);
    this.#end();
    // A shop that is disposed takes its visits along; their own disposal then finds nothing to do.
    this.thread.call(this.object, 'dispose', []).catch(() => {});
  }
}

// Relative URLs are relative to the page, not to the worker's script.
function absolute<T>(source: T): T | string {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const { document, location } = globalThis as Partial<typeof globalThis>;
  try {
    return new URL(source, document?.baseURI ?? location?.href).href;
  } catch {
    return String(source);
  }
}

// The options that can cross over.
function crossing(options: LoadOptions & { wasm?: unknown }): object {
  const { signal: _, onProgress: __, fetch, wasm, ...rest } = options;
  if (fetch !== undefined || wasm instanceof Response) {
    const found = fetch !== undefined ? 'fetch' : 'a Response';
    throw new InputError('invalid-input', `storewise/worker: ${found} cannot go to a worker`, {
      place: fetch !== undefined ? 'fetch' : 'wasm',
      expected: 'options that can be sent to a worker',
      found,
    });
  }
  return { ...rest, ...(wasm === undefined ? {} : { wasm: absolute(wasm) }) };
}

interface ShopSnapshot {
  readonly name: string;
  readonly currency: string;
  readonly languages: readonly string[];
  readonly catalogue: Catalogue;
  readonly faq: Faq;
}

type SentShop = Omit<ShopSnapshot, 'catalogue' | 'faq'> & {
  readonly object: number;
  readonly catalogue: CatalogueFile;
  readonly faq: FaqFile;
};

const snapshot = ({ name, currency, languages, catalogue, faq }: SentShop): ShopSnapshot => ({
  name,
  currency,
  languages,
  catalogue: new Catalogue(catalogue, languages),
  faq: new Faq(faq, languages),
});

/** As `loadShop` in `storewise`, in a worker. `fetch` and a Response as `wasm` cannot go there. */
export async function loadShop(
  source: ShopSource,
  options: ShopOptions & WorkerOption = {},
): Promise<RemoteShop> {
  const { worker, ...given } = options;
  const thread = Thread.of(worker);
  const what = [absolute(source), crossing(given)];
  const sent = await thread.call<SentShop>(0, 'loadShop', what, given);
  const handle = new Handle(thread, sent.object, `the shop ${sent.name}`);
  let about = snapshot(sent);
  const shop: RemoteShop = {
    ...handle.methods<Shop, (typeof kShopMethods)[number]>(kShopMethods),
    get name() {
      return about.name;
    },
    get currency() {
      return about.currency;
    },
    get languages() {
      return about.languages;
    },
    get catalogue() {
      return about.catalogue;
    },
    get faq() {
      return about.faq;
    },
    visit: async (visitOptions = {}) => {
      const object = await handle.call<number>('visit', []);
      return openVisit(new Handle(thread, object, 'the visit'), about.name, visitOptions);
    },
    reload: async (loadOptions = {}) => {
      about = snapshot(await handle.call<SentShop>('reload', [crossing(loadOptions)], loadOptions));
    },
    dispose: () => handle.dispose(),
  };
  handle.follow(shop);
  return shop;
}

async function openVisit(
  handle: Handle,
  shop: string,
  options: VisitOptions,
): Promise<RemoteVisit> {
  const listeners = new Set<(change: VisitChange) => void>();
  const watch = new IntentWatch((kind) => visit.predict(kind));
  const emit = (change: VisitChange) => {
    notify(listeners, change);
    watch.ask();
  };
  const onIntent = async (given: IntentOptions, listener: (news: IntentNews) => void) => {
    const bounds = intentBounds(given, InputError);
    return watch.add(bounds, listener, await visit.predict(bounds.kind));
  };
  const fromStore = async () => {
    await handle.call('erase', []);
    return handle.call('restore', [store.read()]);
  };
  const store = new VisitStore(options.key ?? `storewise:${shop}`, (erased) => {
    fromStore().then(
      () => emit({ kind: erased ? 'erase' : 'restore', item: null }),
      () => {}, // disposed meanwhile, or dead: the next call says so
    );
  });
  store.place(options.storage ?? 'memory', options.consent ?? false);
  if (store.kind !== 'memory') await fromStore();

  const save = async () => {
    if (store.kind === 'memory') return;
    store.save((await handle.call<{ events: never[] }>('export', [])).events);
  };
  const changed = async (change: VisitChange) => {
    await save();
    emit(change);
  };
  const event =
    (method: string, kind: EventType) =>
    async (id: string, more: QuantityOptions = {}): Promise<void> => {
      await handle.call(method, [id, { at: Date.now(), ...more }]);
      await changed({ kind, item: id });
    };
  const visit: RemoteVisit = {
    ...handle.methods<Visit, (typeof kVisitMethods)[number]>(kVisitMethods),
    get storage() {
      return store.kind;
    },
    view: event('view', 'view'),
    addToCart: event('addToCart', 'add'),
    removeFromCart: event('removeFromCart', 'remove'),
    purchase: async (items, more = {}) => {
      await handle.call('purchase', [items, { at: Date.now(), ...more }]);
      const list = typeof items === 'string' ? [items] : items;
      await changed({ kind: 'purchase', item: list?.length === 1 ? (list[0] ?? null) : null });
    },
    page: event('page', 'page') as RemoteVisit['page'],
    predict: (kind, more = {}) => handle.call('predict', [kind, { now: Date.now(), ...more }]),
    offers: (more = {}) => handle.call('offers', [{ now: Date.now(), ...more }]),
    restore: async (document) => {
      const counts = await handle.call<{ restored: number; skipped: number }>('restore', [
        document,
      ]);
      await changed({ kind: 'restore', item: null });
      return counts;
    },
    erase: async () => {
      await handle.call('erase', []);
      store.remove();
      emit({ kind: 'erase', item: null });
    },
    keep: async (storage, more = {}) => {
      store.move(storage, more.consent ?? false);
      await changed({ kind: 'storage', item: null });
      return store.kind;
    },
    on: ((
      type: 'change' | 'intent',
      first: IntentOptions | ((change: VisitChange) => void),
      second: (news: IntentNews) => void,
    ) => {
      if (type === 'intent') return onIntent(first as IntentOptions, second);
      const listener = first as (change: VisitChange) => void;
      const own = (change: VisitChange) => listener(change);
      listeners.add(own);
      return () => listeners.delete(own);
    }) as RemoteVisit['on'],
    dispose: () => {
      listeners.clear();
      watch.end();
      handle.dispose();
    },
  };
  handle.follow(visit, () => store.close());
  return visit;
}

type SentModel = Pick<RemoteModel, 'backend' | 'backendReason' | 'description'> & {
  readonly object: number;
};

/** As `loadModel` in `storewise`, in a worker. `fetch` and a Response as `wasm` cannot go there. */
export async function loadModel(
  source: ModelSource,
  options: ModelOptions & WorkerOption = {},
): Promise<RemoteModel> {
  const { worker, ...given } = options;
  const thread = Thread.of(worker);
  const what = [absolute(source), crossing(given)];
  let about = await thread.call<SentModel>(0, 'loadModel', what, given);
  const handle = new Handle(thread, about.object, `the model ${about.description.name}`);
  const model: RemoteModel = {
    ...handle.methods<Model, (typeof kModelMethods)[number]>(kModelMethods),
    get backend() {
      return about.backend;
    },
    get backendReason() {
      return about.backendReason;
    },
    get description() {
      return about.description;
    },
    get inputs() {
      return about.description.inputs;
    },
    get outputs() {
      return about.description.outputs;
    },
    get metadata() {
      return about.description.metadata;
    },
    reload: async (loadOptions = {}) => {
      about = await handle.call<SentModel>('reload', [crossing(loadOptions)], loadOptions);
    },
    dispose: () => handle.dispose(),
  };
  handle.follow(model);
  return model;
}

export type { Catalogue, Faq } from './catalogue.js';
export type { StorageKind } from './storage.js';
