// Any ONNX model on the engine: tensors in, tensors out. Knows no shop.

import { Engine, Kind } from './engine.js';
import { InputError, LoadError, StateError } from './errors.js';
import { absoluteUrl, fetchFile, type LoadOptions, looksLike, readBytes } from './fetching.js';
import { type CompiledEngine, compileEngine, type WasmSource } from './loader.js';
import { fromRaw, type Tensor, type TensorInfo, type TensorInput, toRaw } from './tensors.js';
import { normalizeText } from './text.js';

/** A JSON value. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What a model says of itself. */
export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** The document under the metadata key "storewise", or null. */
  readonly metadata: { readonly [key: string]: Json } | null;
  /** The ONNX operator set that the file is written for. */
  readonly opset: number;
  /** How often each operator occurs. */
  readonly operators: { readonly [operator: string]: number };
  /** Size of the file in bytes. */
  readonly bytes: number;
}

/** What a classifier model answers to a text. */
export interface Classification {
  /** The likeliest labels first; probabilities lie in [0, 1] and sum to 1 over all labels. */
  readonly ranked: readonly { readonly label: string; readonly probability: number }[];
  /** Below this probability the text counts as out of scope. */
  readonly threshold: number;
  readonly in_scope: boolean;
}

/** Where a model's bytes come from: a URL, or the bytes (kept for `reload`, never copied). */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Options of `loadModel`. */
export interface ModelOptions extends LoadOptions {
  /** The engine's WebAssembly; by default `storewise.wasm` beside this module. */
  readonly wasm?: WasmSource | undefined;
  /** The model's name in messages; by default its URL. */
  readonly name?: string | undefined;
}

interface Parts {
  readonly engine: Engine;
  readonly handle: number;
  readonly description: ModelDescription;
}

async function openModel(
  compiled: CompiledEngine,
  name: string,
  bytes: Uint8Array,
): Promise<Parts> {
  const engine = await Engine.create(compiled);
  try {
    const handle = engine.open(Kind.model, bytes, name);
    return { engine, handle, description: engine.call(handle, { method: 'describe' }) };
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

async function modelBytes(source: ModelSource, options: LoadOptions): Promise<Uint8Array> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source;
  const url = absoluteUrl(source);
  const response = await fetchFile(url, options);
  const bytes = await readBytes(response, url.href, options);
  const found = looksLike(bytes);
  if (!found.startsWith('bytes')) {
    throw new LoadError('wrong-file', `got ${found}, expected an ONNX model, at ${url}`, {
      file: url.href,
      expected: 'an ONNX model',
      found,
    });
  }
  return bytes;
}

/**
 * Loads an ONNX model and the engine. Rejects with LoadError (fetching), ModelError (a file the
 * engine refuses) or the signal's reason; nothing stays behind a failure.
 *
 * ```ts
 * const model = await loadModel('/models/flowers.onnx');
 * const { probabilities } = model.run({ measurements: new Float32Array([5.1, 3.5, 1.4, 0.2]) });
 * model.dispose();
 * ```
 */
export async function loadModel(source: ModelSource, options: ModelOptions = {}): Promise<Model> {
  const isBytes = source instanceof ArrayBuffer || source instanceof Uint8Array;
  const name = options.name ?? (isBytes ? 'the given bytes' : absoluteUrl(source).href);
  const [compiled, bytes] = await bothOrNeither(options, (inner) => [
    compileEngine(options.wasm, inner),
    modelBytes(source, inner),
  ]);
  options.signal?.throwIfAborted();
  return new Model(await openModel(compiled, name, bytes), compiled, name, source);
}

/** Waits for all; when one fails, the others are aborted. */
export async function bothOrNeither<T extends readonly unknown[]>(
  options: LoadOptions,
  start: (inner: LoadOptions) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const controller = new AbortController();
  const { signal } = options;
  const abort = () => controller.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return (await Promise.all(start({ ...options, signal: controller.signal }))) as unknown as T;
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** A loaded model. Made by `loadModel`. Owns an engine of its own, so that its memory is its own. */
export class Model {
  #parts: Parts | null;
  readonly #compiled: CompiledEngine;
  readonly #name: string;
  readonly #source: ModelSource;

  /** @internal */
  constructor(parts: Parts, compiled: CompiledEngine, name: string, source: ModelSource) {
    this.#parts = parts;
    this.#compiled = compiled;
    this.#name = name;
    this.#source = source;
  }

  get #open(): Parts {
    if (this.#parts !== null) return this.#parts;
    throw new StateError('disposed', `the model ${this.#name} was disposed: load it again`, {
      file: this.#name,
      expected: 'a model in use',
      found: 'a disposed one',
    });
  }

  /** The declared inputs, in the model's order. */
  get inputs(): readonly TensorInfo[] {
    return this.#open.description.inputs;
  }

  /** The declared outputs, in the model's order. */
  get outputs(): readonly TensorInfo[] {
    return this.#open.description.outputs;
  }

  /** The document under the metadata key "storewise", or null. */
  get metadata(): { readonly [key: string]: Json } | null {
    return this.#open.description.metadata;
  }

  /** Everything the model says of itself. */
  get description(): ModelDescription {
    return this.#open.description;
  }

  /** True after a fault in the engine: call `reload()`. */
  get dead(): boolean {
    return this.#parts?.engine.dead ?? false;
  }

  /**
   * Runs the model. Takes one value for each declared input; the outputs are copies that belong to
   * the caller. Throws InputError for a wrong name, type or shape, StateError when disposed or dead.
   */
  run(inputs: { readonly [name: string]: TensorInput }): { [name: string]: Tensor } {
    const { engine, handle, description } = this.#open;
    const names = description.inputs.map((info) => info.name);
    const given = Object.keys(inputs);
    const surplus = given.find((name) => !names.includes(name));
    const missing = names.find((name) => !given.includes(name));
    if (surplus !== undefined || missing !== undefined) {
      const expected = `inputs named ${names.join(', ')}`;
      const found = given.length === 0 ? 'none' : given.join(', ');
      throw new InputError(
        'invalid-input',
        `${this.#name}: ${
          surplus === undefined ? `input "${missing}" is missing` : `no input is named "${surplus}"`
        }: expected ${expected}, found ${found}`,
        { file: this.#name, place: surplus ?? missing ?? '', expected, found },
      );
    }
    const raw = description.inputs.map((info) => toRaw(info, inputs[info.name] as TensorInput));
    const results = engine.run(handle, raw, description.outputs.length);
    const outputs: { [name: string]: Tensor } = {};
    description.outputs.forEach((info, i) => {
      const result = results[i];
      if (result !== undefined) outputs[info.name] = fromRaw(result);
    });
    return outputs;
  }

  /**
   * The labels for a text; for classifiers made by storewise only (InputError otherwise). `limit`
   * is how many labels are ranked, 5 by default.
   */
  classify(text: string, options: { readonly limit?: number | undefined } = {}): Classification {
    const { limit = 5 } = options;
    return this.request({ method: 'classify', text: normalizeText(text), limit });
  }

  /**
   * The items that follow a session, best first, without a shop's rules; for recommenders made by
   * storewise only. `items` are ids from oldest to newest; unknown ones are ignored.
   */
  rank(
    items: readonly string[],
    options: { readonly limit?: number | undefined } = {},
  ): readonly { readonly id: string; readonly score: number }[] {
    const { limit = 20 } = options;
    return this.request<{ items: { id: string; score: number }[] }>({
      method: 'rank',
      items,
      limit,
    }).items;
  }

  /**
   * One request of the engine's JSON interface, for tools: `T` is the caller's knowledge of the
   * method. Throws InputError for an unknown method.
   */
  request<T>(request: { readonly method: string; readonly [key: string]: unknown }): T {
    const { engine, handle } = this.#open;
    return engine.call<T>(handle, request);
  }

  /**
   * A new engine with the same compiled module; the model's bytes are fetched again (they are not
   * kept twice in memory), or taken from the array that was given to `loadModel`.
   */
  async reload(options: LoadOptions = {}): Promise<void> {
    const old = this.#open;
    const bytes = await modelBytes(this.#source, options);
    const parts = await openModel(this.#compiled, this.#name, bytes);
    // Disposed meanwhile, or reloaded twice at once: the newest wins and the other is let go.
    if (this.#parts !== old) {
      parts.engine.dispose();
      return;
    }
    old.engine.dispose();
    this.#parts = parts;
  }

  /** Lets the engine and its memory go. Idempotent; later calls throw StateError `disposed`. */
  dispose(): void {
    this.#parts?.engine.dispose();
    this.#parts = null;
  }
}
