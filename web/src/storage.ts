// Where a visit is remembered: nowhere, for the tab, or on the device. Storage may be blocked, full,
// or hold whatever some other script left there; none of it may break a visit, so nothing here
// throws, and what is read back is rebuilt field by field.

/** What a visitor did. */
export type EventType = 'view' | 'add' | 'remove' | 'purchase' | 'page';

/**
 * A page that is of no single product: 'products' shows many (home, department, search), 'account' is
 * account, orders or checkout, 'information' help, delivery or contact.
 */
export type PageKind = 'products' | 'account' | 'information';

/** One event of a visit. */
export interface VisitEvent {
  readonly type: EventType;
  /** The product's id; of a page its kind. */
  readonly item: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From 1 to 9999. */
  readonly quantity: number;
}

/** A visit as `export` writes and `restore` reads it. */
export interface VisitDocument {
  readonly version: 1;
  /** Oldest first. */
  readonly events: readonly VisitEvent[];
}

/** 'memory' remembers nothing, 'session' until the tab closes, 'persistent' on this device. */
export type StorageKind = 'memory' | 'session' | 'persistent';

/** @internal A visit keeps at most its newest 500 events. */
export const kMaxEvents = 500;
const kMaxStoredCharacters = 400_000;
const kTypes: readonly string[] = ['view', 'add', 'remove', 'purchase', 'page'];
const kPages: readonly string[] = ['products', 'account', 'information'];

/** @internal Whether an event's item is one that the shop, or the kind of page, allows. */
export const isKnown = (type: unknown, item: string, known: (item: string) => boolean): boolean =>
  type === 'page' ? kPages.includes(item) : known(item);

/** @internal The events of an untrusted document that are well-formed and known, and how many are not. */
export function validEvents(
  document: unknown,
  known: (item: string) => boolean,
): { readonly events: VisitEvent[]; readonly skipped: number } {
  const list = (document as { version?: unknown; events?: unknown } | null)?.events;
  if ((document as { version?: unknown } | null)?.version !== 1 || !Array.isArray(list)) {
    return { events: [], skipped: 0 };
  }
  const events: VisitEvent[] = [];
  for (const entry of list as unknown[]) {
    const { type, item, at, quantity } = (entry ?? {}) as { [key in keyof VisitEvent]?: unknown };
    const valid =
      typeof type === 'string' &&
      kTypes.includes(type) &&
      typeof item === 'string' &&
      typeof at === 'number' &&
      Number.isSafeInteger(at) &&
      at >= 0 &&
      typeof quantity === 'number' &&
      Number.isInteger(quantity) &&
      quantity >= 1 &&
      quantity <= 9999 &&
      isKnown(type, item, known);
    if (valid) events.push({ type: type as EventType, item, at, quantity });
  }
  const skipped = list.length - events.length;
  return { events: events.slice(-kMaxEvents), skipped };
}

/** The browser's storage of that kind, or null where there is none or it is blocked. */
function browserStorage(kind: StorageKind): Storage | null {
  try {
    if (kind === 'memory') return null;
    const { sessionStorage, localStorage } = globalThis as Partial<WindowSessionStorage> &
      Partial<WindowLocalStorage>;
    return (kind === 'session' ? sessionStorage : localStorage) ?? null;
  } catch {
    return null;
  }
}

/** What is stored under `key`, parsed but not trusted; null when there is nothing usable. */
function readStored(storage: Storage | null, key: string): unknown {
  try {
    const text = storage?.getItem(key) ?? null;
    return text === null || text.length > kMaxStoredCharacters ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Stores the events, the newest half of them if all don't fit. False when nothing could be kept. */
function writeStored(storage: Storage | null, key: string, events: readonly VisitEvent[]): boolean {
  if (storage === null) return false;
  for (const kept of [events, events.slice(Math.ceil(events.length / 2))]) {
    try {
      const document: VisitDocument = { version: 1, events: kept };
      storage.setItem(key, JSON.stringify(document));
      return true;
    } catch {
      // Full or blocked: try less, then do without.
    }
  }
  return false;
}

/** Forgets what is stored under `key`. */
function removeStored(storage: Storage | null, key: string): void {
  try {
    storage?.removeItem(key);
  } catch {
    // Blocked storage holds nothing of ours.
  }
}

/** @internal The place where one visit is remembered, under one key. */
export class VisitStore {
  readonly #key: string;
  readonly #onStorage: (event: StorageEvent) => void;
  #kind: StorageKind = 'memory';
  #storage: Storage | null = null;

  /**
   * `changed` is called when another tab changed what a 'persistent' store holds. The window keeps
   * the store alive until `close`, so `changed` must not hold the visit itself.
   */
  constructor(key: string, changed: (erased: boolean) => void) {
    this.#key = key;
    this.#onStorage = (event) => {
      const isOurs = event.storageArea === this.#storage;
      if (isOurs && (event.key === this.#key || event.key === null)) {
        changed(event.newValue === null);
      }
    };
  }

  /** The place that is really used: 'memory' also when the storage is blocked or consent lacks. */
  get kind(): StorageKind {
    return this.#kind;
  }

  /** Stores there from now on. 'persistent' without consent removes what an earlier one had left. */
  place(kind: StorageKind, consent: boolean): void {
    this.close();
    const refused = kind === 'persistent' && !consent;
    if (refused) removeStored(browserStorage('persistent'), this.#key);
    this.#storage = refused ? null : browserStorage(kind);
    this.#kind = this.#storage === null ? 'memory' : kind;
    if (this.#kind === 'persistent') {
      globalThis.addEventListener?.('storage', this.#onStorage as EventListener);
    }
  }

  /** Like `place`, and what the old place holds is removed. */
  move(kind: StorageKind, consent: boolean): void {
    const old = this.#storage;
    this.place(kind, consent);
    if (old !== this.#storage) removeStored(old, this.#key);
  }

  /** What is stored, parsed but not trusted; null when there is nothing usable. */
  read(): unknown {
    return readStored(this.#storage, this.#key);
  }

  save(events: readonly VisitEvent[]): void {
    writeStored(this.#storage, this.#key, events);
  }

  /** Removes what is stored. */
  remove(): void {
    removeStored(this.#storage, this.#key);
  }

  /** No longer hears of other tabs; what is stored stays stored. */
  close(): void {
    globalThis.removeEventListener?.('storage', this.#onStorage as EventListener);
  }
}
