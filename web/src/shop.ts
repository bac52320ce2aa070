// A shop: its catalogue, its questions, its visitors. Loads what shop.json names, in parallel, checks
// it, and opens it in an engine of its own; after a failure nothing is left behind.

import { Catalogue, type CatalogueFile, Faq, type FaqFile } from './catalogue.js';
import { Engine, Kind } from './engine.js';
import { InputError, StateError } from './errors.js';
import { absoluteUrl, type LoadOptions } from './fetching.js';
import { type CompiledEngine, compileEngine, type WasmSource } from './loader.js';
import {
  checkManifest,
  type FileRole,
  fetchManifest,
  fetchVerified,
  kRoles,
  type ManifestFile,
  noDigestReason,
  type ShopManifest,
  type Verification,
  verify,
} from './manifest.js';
import { bothOrNeither, type ModelDescription } from './model.js';
import type { Answer, Recommendation } from './results.js';
import { normalizeText, pickLanguage } from './text.js';
import { Visit, type VisitHost, type VisitOptions } from './visit.js';

/** A shop that is not at a URL: the manifest, and its files as bytes or at a base URL. */
export interface ShopObject {
  readonly manifest: ShopManifest;
  /** Bytes by role. They are kept for `reload`, never copied. */
  readonly files?: { readonly [role in FileRole]?: Uint8Array<ArrayBuffer> };
  /** Where files that are not given lie; the page by default. */
  readonly base?: string | URL;
}

/** Where a shop comes from: the URL of its shop.json, or the thing itself. */
export type ShopSource = string | URL | ShopObject;

/** Options of `loadShop`. */
export interface ShopOptions extends LoadOptions {
  /** The engine's WebAssembly; by default `storewise.wasm` beside this module. */
  readonly wasm?: WasmSource | undefined;
}

/** Values for the slots of answers, for example `{ order_number: '10423' }`. */
export interface Slots {
  readonly [slot: string]: string | number;
}

/** Options of `ask` and `answer`. */
export interface AnswerOptions {
  /** A BCP 47 tag; the shop's first language by default. */
  readonly language?: string | undefined;
  readonly slots?: Slots | undefined;
}

/** Options of `ask`. */
export interface AskOptions extends AnswerOptions {
  /** How many choices at most, 3 by default. */
  readonly limit?: number | undefined;
}

/** What a shop is made of. */
export interface ShopInfo {
  readonly name: string;
  readonly currency: string;
  readonly languages: readonly string[];
  /** ISO 8601, or null when the build was not given a date. */
  readonly created: string | null;
  readonly engine: {
    /** The wasm's URL, or '' when it was handed in. */
    readonly url: string;
    /** Bytes of the wasm, or null when the browser does not tell. */
    readonly bytes: number | null;
    /** Bytes of the engine's memory now, models included. */
    readonly memoryBytes: number;
  };
  readonly files: readonly {
    readonly role: FileRole;
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly verified: Verification;
  }[];
  /** Why SHA-256 was not checked, or ''. */
  readonly unverifiedReason: string;
  /** Bytes of the files and of the wasm as far as it is known. */
  readonly bytes: number;
  readonly models: {
    readonly recommender: ModelDescription | null;
    readonly classifier: ModelDescription | null;
    /** What the file of intents says of itself: features, thresholds, source, metrics, data. */
    readonly intents: ModelDescription['metadata'];
  };
  /** Milliseconds from `loadShop` to the finished shop, fetching included. */
  readonly loadMilliseconds: number;
}

interface OpenFile {
  readonly role: FileRole;
  readonly entry: ManifestFile;
  readonly verified: Verification;
  readonly handle: number;
}

interface Parts {
  readonly engine: Engine;
  readonly compiled: CompiledEngine;
  readonly manifest: ShopManifest;
  readonly files: readonly OpenFile[];
  readonly shop: number;
  readonly catalogue: Catalogue;
  readonly faq: Faq;
  readonly milliseconds: number;
}

const kKindOfRole: { readonly [role in FileRole]: Kind } = {
  recommender: Kind.model,
  classifier: Kind.model,
  catalogue: Kind.catalogue,
  faq: Kind.faq,
  offers: Kind.offers,
  rules: Kind.rules,
  intents: Kind.intents,
};

const encoder = new TextEncoder();

function isObject(source: ShopSource): source is ShopObject {
  return typeof source === 'object' && !(source instanceof URL);
}

async function openShop(source: ShopSource, options: ShopOptions): Promise<Parts> {
  const started = performance.now();
  let engine: Engine | null = null;
  try {
    return await bothOrNeither<[Parts]>(options, (inner) => [
      (async () => {
        const compiling = compileEngine(options.wasm, inner);
        // The manifest is awaited first; a failure meanwhile must not count as unhandled.
        compiling.catch(() => {});
        const manifest = isObject(source)
          ? checkManifest(source.manifest, 'the given manifest')
          : await fetchManifest(absoluteUrl(source), inner);
        const base = isObject(source) ? absoluteUrl(source.base ?? './') : absoluteUrl(source);
        const given = isObject(source) ? (source.files ?? {}) : {};
        const roles = kRoles.filter((role) => manifest.files[role] !== undefined);
        const creating = compiling.then(async (compiled) => {
          engine = await Engine.create(compiled);
          inner.signal?.throwIfAborted();
          if (options.wasm === undefined && !isObject(source)) engine.warmUp();
          return { compiled, engine };
        });
        let catalogueBytes = new Uint8Array();
        let faqBytes: Uint8Array | null = null;
        // Each file is opened when it has arrived: small tasks instead of one long one.
        const opening = roles.map(async (role): Promise<OpenFile> => {
          const entry = manifest.files[role] as ManifestFile;
          const local = given[role];
          const { bytes, verified } =
            local === undefined
              ? await fetchVerified(entry, base, inner)
              : { bytes: local, verified: await verify(local, entry, entry.file) };
          const ready = await creating;
          inner.signal?.throwIfAborted();
          const handle = ready.engine.open(kKindOfRole[role], bytes, entry.file);
          if (role === 'catalogue') catalogueBytes = bytes;
          if (role === 'faq') faqBytes = bytes;
          return { role, entry, verified, handle };
        });
        const [{ compiled, engine: made }, ...files] = await Promise.all([creating, ...opening]);
        const handles = Object.fromEntries(kRoles.map((role) => [role, 0]));
        for (const { role, handle } of files) handles[role] = handle;
        const bytes = encoder.encode(JSON.stringify(handles));
        const shop = made.open(Kind.shop, bytes, manifest.name);
        const { languages } = manifest;
        const parse = (json: Uint8Array) => JSON.parse(new TextDecoder().decode(json)) as unknown;
        return {
          engine: made,
          compiled,
          manifest,
          files,
          shop,
          catalogue: new Catalogue(parse(catalogueBytes) as CatalogueFile, languages),
          faq: new Faq(
            faqBytes === null ? { entries: [] } : (parse(faqBytes) as FaqFile),
            languages,
          ),
          milliseconds: performance.now() - started,
        };
      })(),
    ]).then(([parts]) => parts);
  } catch (error) {
    (engine as Engine | null)?.dispose();
    throw error;
  }
}

/**
 * Loads a shop: shop.json, then its files and the engine in parallel. Rejects with LoadError (a file
 * is missing, is something else, or belongs to another build), ModelError or InputError (a file that
 * the engine refuses), or the signal's reason; nothing stays behind a failure, so it can be tried again.
 *
 * ```ts
 * const shop = await loadShop('/storewise/shop.json');
 * const visit = shop.visit({ storage: 'session' });
 * visit.view('4711');
 * visit.recommend({ slot: 'for-you', limit: 6 });
 * ```
 */
export async function loadShop(source: ShopSource, options: ShopOptions = {}): Promise<Shop> {
  if (!isObject(source)) absoluteUrl(source);
  return new Shop(await openShop(source, options), source, options);
}

/** A loaded shop. Made by `loadShop`. Owns an engine of its own. */
export class Shop {
  #parts: Parts | null;
  readonly #source: ShopSource;
  readonly #options: ShopOptions;
  readonly #visits = new Set<WeakRef<Visit>>();

  /** @internal */
  constructor(parts: Parts, source: ShopSource, options: ShopOptions) {
    this.#parts = parts;
    this.#source = source;
    this.#options = { wasm: options.wasm, fetch: options.fetch };
  }

  get #open(): Parts {
    if (this.#parts !== null) return this.#parts;
    throw new StateError('disposed', 'this shop was disposed: load it again', {
      expected: 'a shop in use',
      found: 'a disposed one',
    });
  }

  /** The shop's name. */
  get name(): string {
    return this.#open.manifest.name;
  }

  /** ISO 4217, for example 'USD'. */
  get currency(): string {
    return this.#open.manifest.currency;
  }

  /** BCP 47 tags; the first is the shop's own language. */
  get languages(): readonly string[] {
    return this.#open.manifest.languages;
  }

  /** The products. */
  get catalogue(): Catalogue {
    return this.#open.catalogue;
  }

  /** The questions; empty for a shop without. */
  get faq(): Faq {
    return this.#open.faq;
  }

  /** True after a fault in the engine: call `reload()`. */
  get dead(): boolean {
    return this.#parts?.engine.dead ?? false;
  }

  /** A new visit, or the one that the browser's storage remembers. Dispose it when it is over. */
  visit(options: VisitOptions = {}): Visit {
    const visit = new Visit(this.#host(), options);
    this.#visits.add(new WeakRef(visit));
    return visit;
  }

  /**
   * Answers a question in the visitor's words. Unsure, it offers up to `limit` choices (pass the
   * chosen intent to `answer`); lost, it says so (`handoff`). A shop without questions hands off.
   */
  ask(text: string, options: AskOptions = {}): Answer {
    if (typeof text !== 'string') {
      throw new InputError('invalid-input', 'ask: the question is a string', {
        place: 'text',
        expected: 'a string',
        found: typeof text,
      });
    }
    const { limit = 3 } = options;
    return this.#request({
      method: 'ask',
      text: normalizeText(text),
      limit,
      ...this.#answerOptions(options),
    });
  }

  /** The answer to a known question, for a choice or a chip that was clicked. */
  answer(intent: string, options: AnswerOptions = {}): Answer {
    return this.#request({ method: 'answer', intent, ...this.#answerOptions(options) });
  }

  /** Products like this one. Throws InputError for an id that the catalogue lacks. */
  similar(item: string, options: { readonly limit?: number } = {}): readonly Recommendation[] {
    const { limit = 10 } = options;
    return this.#request<{ items: Recommendation[] }>({ method: 'similar', item, limit }).items;
  }

  /** What the shop is made of: sizes, versions, models, checks. */
  info(): ShopInfo {
    const { engine, compiled, manifest, files, milliseconds } = this.#open;
    const described = <T = ModelDescription>(role: FileRole): T | null => {
      const file = files.find((one) => one.role === role);
      return file === undefined ? null : engine.call(file.handle, { method: 'describe' });
    };
    return {
      name: manifest.name,
      currency: manifest.currency,
      languages: manifest.languages,
      created: manifest.created ?? null,
      engine: { url: compiled.url, bytes: compiled.bytes, memoryBytes: engine.memoryBytes },
      files: files.map(({ role, entry, verified }) => ({
        role,
        file: entry.file,
        bytes: entry.bytes,
        sha256: entry.sha256,
        verified,
      })),
      unverifiedReason: files.some(({ verified }) => verified === 'size') ? noDigestReason() : '',
      bytes: files.reduce((sum, { entry }) => sum + entry.bytes, compiled.bytes ?? 0),
      models: {
        recommender: described('recommender'),
        classifier: described('classifier'),
        intents: described<Pick<ModelDescription, 'metadata'>>('intents')?.metadata ?? null,
      },
      loadMilliseconds: milliseconds,
    };
  }

  /**
   * A new engine, after a fault or after the shop's files changed. The compiled WebAssembly is
   * kept; the files are fetched again (the browser's cache usually has them; they are not kept
   * twice in memory). The shop's visits go on with what they knew.
   */
  async reload(options: LoadOptions = {}): Promise<void> {
    const old = this.#open;
    const all = { ...this.#options, ...options, wasm: old.compiled.module };
    const parts = await openShop(this.#source, all);
    const { url, bytes } = old.compiled;
    // Disposed meanwhile, or reloaded twice at once: the first wins and this one is let go.
    if (this.#parts !== old) {
      parts.engine.dispose();
      return;
    }
    this.#parts = { ...parts, compiled: { ...parts.compiled, url, bytes } };
    old.engine.dispose();
    for (const visit of this.#liveVisits()) visit.reattach(this.#host());
  }

  /** Lets the shop, its visits and the engine's memory go. Idempotent; later calls throw. */
  dispose(): void {
    if (this.#parts === null) return;
    for (const visit of this.#liveVisits()) visit.dispose();
    this.#visits.clear();
    this.#parts.engine.dispose();
    this.#parts = null;
  }

  #liveVisits(): Visit[] {
    const live: Visit[] = [];
    for (const reference of this.#visits) {
      const visit = reference.deref();
      if (visit === undefined) this.#visits.delete(reference);
      else live.push(visit);
    }
    return live;
  }

  #host(): VisitHost {
    const { engine, shop, manifest, catalogue } = this.#open;
    return {
      engine,
      shop,
      name: manifest.name,
      known: (item) => catalogue.has(item),
      language: (wanted) => pickLanguage(wanted, manifest.languages),
    };
  }

  #request<T>(request: { readonly method: string; readonly [key: string]: unknown }): T {
    const { engine, shop } = this.#open;
    return engine.call<T>(shop, request);
  }

  #answerOptions({ language, slots = {} }: AnswerOptions): {
    readonly language: string;
    readonly slots: { readonly [slot: string]: string };
  } {
    const texts = Object.entries(slots).map(([slot, value]) => [slot, String(value)] as const);
    return {
      language: pickLanguage(language, this.#open.manifest.languages),
      slots: Object.fromEntries(texts),
    };
  }
}
