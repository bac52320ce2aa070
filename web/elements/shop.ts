// <storewise-shop>: loads a shop, holds the visit, and hands both to the elements inside it. Draws
// nothing of its own.

import type { Shop, StorageKind, Visit } from '../src/index.js';
import { type ContextCallback, ContextRequestEvent, type ShopContext } from './context.js';
import { FailureEvent, ReadyEvent } from './events.js';

// A server has no HTMLElement; the class must still be importable there.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * Provides a shop to the elements inside it.
 *
 * Attributes: `src` (URL of shop.json), `wasm` (URL of storewise.wasm), `storage` ('memory',
 * 'session', 'persistent'), `storage-key`, `consent` (present once the visitor agreed to
 * 'persistent'), `language`. Events: 'storewise-ready', 'storewise-error'.
 *
 * ```html
 * <storewise-shop src="/storewise/shop.json" storage="session">
 *   <storewise-recommendations slot-name="for-you" limit="5"></storewise-recommendations>
 * </storewise-shop>
 * ```
 */
export class StorewiseShop extends Base {
  static readonly observedAttributes = ['src', 'language', 'consent'];

  #shop: Shop | null = null;
  #visit: Visit | null = null;
  #owned = false;
  #failed = false;
  #loading: AbortController | null = null;
  readonly #subscribers = new Set<(context: ShopContext) => void>();

  constructor() {
    super();
    this.addEventListener(ContextRequestEvent.eventName, (event) => {
      if (!(event instanceof ContextRequestEvent)) return;
      event.stopPropagation();
      this.#subscribe(event.callback);
    });
  }

  /** The shop, or null before it is loaded. Set it, with `visit`, instead of `src`. */
  get shop(): Shop | null {
    return this.#shop;
  }
  set shop(shop: Shop | null) {
    this.#release();
    this.#shop = shop;
    this.#publish();
  }

  /** The visit, or null before the shop is loaded. */
  get visit(): Visit | null {
    return this.#visit;
  }
  set visit(visit: Visit | null) {
    this.#visit = visit;
    this.#publish();
  }

  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(url: string) {
    this.setAttribute('src', url);
  }

  /** A BCP 47 tag for the elements inside; '' goes by the page's `lang`. */
  get language(): string {
    return this.getAttribute('language') ?? '';
  }
  set language(tag: string) {
    this.setAttribute('language', tag);
  }

  connectedCallback(): void {
    if (this.src !== '' && this.#shop === null) void this.load();
  }

  disconnectedCallback(): void {
    // An element that is only moved comes back at once and keeps its shop.
    queueMicrotask(() => {
      if (!this.isConnected) this.#release();
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === 'language') this.#publish();
    if (name === 'consent' && this.#visit !== null && this.#owned) {
      this.#visit.keep(this.#storage, { consent: this.hasAttribute('consent') });
    }
    if (name === 'src' && this.isConnected && before !== null) {
      this.#release();
      if (now) void this.load();
    }
  }

  /** Loads the shop of `src`; also a second try after a failure. Never rejects: see the events. */
  async load(): Promise<void> {
    this.#loading?.abort();
    const controller = new AbortController();
    this.#loading = controller;
    this.#failed = false;
    this.#publish();
    try {
      const { loadShop } = await import('../src/index.js');
      const { signal } = controller;
      const wasm = this.getAttribute('wasm') ?? undefined;
      const shop = await loadShop(new URL(this.src, this.baseURI), { signal, wasm });
      if (signal.aborted) {
        shop.dispose();
        return;
      }
      this.#shop = shop;
      this.#owned = true;
      this.#visit = shop.visit({
        storage: this.#storage,
        consent: this.hasAttribute('consent'),
        key: this.getAttribute('storage-key') ?? undefined,
      });
      this.#publish();
      this.dispatchEvent(new ReadyEvent(shop, this.#visit));
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#failed = true;
      this.#publish();
      this.dispatchEvent(new FailureEvent(error));
    }
  }

  get #storage(): StorageKind {
    const value = this.getAttribute('storage');
    return value === 'session' || value === 'persistent' ? value : 'memory';
  }

  #subscribe(callback: ContextCallback): void {
    const subscriber = (context: ShopContext) => callback(context, stop);
    const stop = () => {
      this.#subscribers.delete(subscriber);
    };
    this.#subscribers.add(subscriber);
    subscriber(this.#context);
  }

  get #context(): ShopContext {
    const shop = this.#shop;
    const visit = this.#visit;
    const ready = shop !== null && visit !== null;
    const state = ready ? 'ready' : this.#failed ? 'failed' : 'loading';
    return { state, shop, visit, language: this.language };
  }

  #publish(): void {
    for (const subscriber of [...this.#subscribers]) subscriber(this.#context);
  }

  #release(): void {
    this.#loading?.abort();
    this.#loading = null;
    const shop = this.#owned ? this.#shop : null;
    this.#owned = false;
    this.#shop = null;
    this.#visit = null;
    this.#publish();
    shop?.dispose();
  }
}
