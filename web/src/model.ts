// Any ONNX model on the engine: tensors in, tensors out. Knows no shop. Models that the engine does
// not cover can run on ONNX Runtime Web, by an adapter that is loaded only then.

import { defaultOnnxWasm, defaultWasm } from './default-wasm.js';
import { Engine, Kind, type RawTensor, withMetadata } from './engine.js';
import { InputError, LoadError, StateError, StorewiseError, storewiseError } from './errors.js';
import { absoluteUrl, fetchFile, type LoadOptions, looksLike, readBytes } from './fetching.js';
import { type CompiledEngine, compileEngine, type WasmSource } from './loader.js';
import { isSha256, pastStaleCopy, verify } from './manifest.js';
import type { ModelHost } from './model-host.js';
import type { OnnxRuntimeModel, OnnxRuntimeOptions } from './onnxruntime-adapter.js';
import type { GeneratedReply, ReplyHost, ReplyOptions } from './reply-model.js';
import type {
  ExplainOptions,
  Row,
  TableExplanation,
  TableHost,
  TablePrediction,
  Trees,
  TreesOptions,
} from './table-model.js';
import { fromRaw, type Tensor, type TensorInfo, type TensorInput, toRaw } from './tensors.js';
import { normalizeText } from './text.js';
import type { ExplainTextOptions, TextExplanation, TextHost } from './text-model.js';

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
  /**
   * What really runs, in order: operators, or what took the place of several. Empty on ONNX
   * Runtime, which does not tell.
   */
  readonly steps: readonly string[];
  /** What the columns of a classifier's probabilities mean; empty when the model does not say. */
  readonly labels: readonly string[];
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

/** Values for the inputs of a model, by name. */
export type ModelInputs = { readonly [name: string]: TensorInput };

/** The outputs of a model, by name; copies that belong to the caller. */
export type ModelOutputs = { [name: string]: Tensor };

/** What runs a model: our engine, or ONNX Runtime Web. */
export type Backend = 'storewise' | 'onnxruntime';

/** Options of `loadModel`. */
export interface ModelOptions extends LoadOptions {
  /**
   * `storewise` (the default) is this package's engine; `onnxruntime` is the package
   * onnxruntime-web, which the page must have; `auto` takes it for models that storewise does not
   * support, and only then loads it.
   */
  readonly backend?: Backend | 'auto' | undefined;
  /** For ONNX Runtime Web, if it comes to that. */
  readonly onnxruntime?: OnnxRuntimeOptions | undefined;
  /**
   * The engine's WebAssembly; by default `storewise-onnx.wasm` beside this module, which has every
   * operator, or for a recommender or classifier of storewise `storewise.wasm`, which knows what
   * to do with those.
   */
  readonly wasm?: WasmSource | undefined;
  /** The model's name in messages; by default its URL. */
  readonly name?: string | undefined;
  /**
   * SHA-256 of the file, 64 hexadecimal digits as shop.json has them: another file is LoadError
   * `wrong-checksum`. Not checked where the page has no `crypto.subtle`: neither https nor localhost.
   */
  readonly sha256?: string | undefined;
}

interface Parts {
  readonly engine: Engine;
  readonly handle: number;
  readonly description: ModelDescription;
}

function openModel(engine: Engine, name: string, bytes: Uint8Array): Parts {
  try {
    const handle = engine.open(Kind.model, bytes, name);
    const description = withMetadata(engine.call<ModelDescription>(handle, { method: 'describe' }));
    return { engine, handle, description };
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

// The model's bytes, each time from where they come; `onStart` is told those that come first, once or
// more often.
type ReadModel = (
  options: LoadOptions,
  onStart?: (head: Uint8Array) => void,
) => Promise<Uint8Array>;

// As ReadModel; with a `sha256` no other file passes.
async function modelBytes(
  source: ModelSource,
  sha256: string | undefined,
  options: LoadOptions,
  onStart: (head: Uint8Array) => void = () => {},
): Promise<Uint8Array> {
  const check = async (bytes: Uint8Array<ArrayBuffer>, file: string) => {
    if (sha256 !== undefined) await verify(bytes, { sha256 }, file);
    return bytes;
  };
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
    onStart(bytes);
    return check(bytes, kGivenBytes);
  }
  const url = absoluteUrl(source);
  const attempt = async (cache?: RequestCache) => {
    const response = await fetchFile(url, options, cache);
    const bytes = await readBytes(response, url.href, options, undefined, onStart);
    onStart(bytes);
    const found = looksLike(bytes);
    if (!found.startsWith('bytes')) {
      throw new LoadError('wrong-file', `got ${found}, expected an ONNX model, at ${url}`, {
        file: url.href,
        expected: 'an ONNX model',
        found,
      });
    }
    return check(bytes, url.href);
  };
  return sha256 === undefined ? attempt() : pastStaleCopy(url, attempt);
}

// What messages call a model that has no URL.
const kGivenBytes = 'the given bytes';

// Which module opens a model. storewise.wasm knows what to do with the recommenders and classifiers of
// storewise, storewise-onnx.wasm has every operator. What a file is it says at its end, too late for
// the module to be on its way meanwhile; so its start is asked, and a wrong guess made good.
class Choice {
  readonly #given: WasmSource | undefined;
  #forTasks = false;
  #made: [CompiledEngine, Engine] | undefined;

  constructor(given: WasmSource | undefined) {
    this.#given = given;
  }

  /** An engine for the file that starts with `head`, warm if more of that is still to come. */
  async guess(head: Uint8Array, isWaiting: () => boolean, options: LoadOptions): Promise<void> {
    // The trainer names itself as the producer; recommenders and classifiers look up rows first.
    const text = new TextDecoder('latin1').decode(head.subarray(0, 200));
    const engine = await this.#make(/^.{4}storewise:.*Gather/s.test(text), options);
    if (this.#given === undefined && isWaiting()) engine.warmUp();
  }

  /** Opens the file, of which `guess` has seen the start. */
  async open(
    name: string,
    bytes: Uint8Array,
    options: LoadOptions,
  ): Promise<[Parts, CompiledEngine]> {
    for (let isSecond = false; ; isSecond = true) {
      const [compiled, engine] = this.#made as [CompiledEngine, Engine];
      const isFinal = isSecond || this.#given !== undefined;
      try {
        const parts = openModel(engine, name, bytes);
        const kind = parts.description.metadata?.['kind'];
        const isTask = kind === 'recommender' || kind === 'classifier';
        if (isFinal || isTask === this.#forTasks) return [parts, compiled];
        engine.dispose();
      } catch (error) {
        // The shop's module lacks operators that the other one has.
        const isLack = error instanceof StorewiseError && error.code === 'unsupported';
        if (isFinal || !this.#forTasks || !isLack) throw error;
      }
      await this.#make(!this.#forTasks, options);
    }
  }

  async #make(forTasks: boolean, options: LoadOptions): Promise<Engine> {
    this.#forTasks = forTasks;
    const source = this.#given ?? (forTasks ? defaultWasm() : defaultOnnxWasm());
    const compiled = await compileEngine(source, options);
    const engine = await Engine.create(compiled);
    this.#made = [compiled, engine];
    return engine;
  }
}

// The adapter, and what it shares with this module.
async function openElsewhere(
  name: string,
  read: ReadModel,
  bytes: Uint8Array,
  options: ModelOptions,
  reason: string,
): Promise<OnnxRuntimeModel> {
  const { openOnnxRuntime } = await import('./onnxruntime-adapter.js');
  const model = await openOnnxRuntime(
    { error: storewiseError, toRaw, fromRaw, checkNames },
    { name, bytes, reason, read },
    options.onnxruntime,
  );
  if (options.signal?.aborted) model.dispose();
  options.signal?.throwIfAborted();
  return model;
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
 *
 * With another `backend` than `storewise`, `run` may answer by a promise: `await` takes both.
 */
export function loadModel(
  source: ModelSource,
  options?: ModelOptions & { readonly backend?: 'storewise' | undefined },
): Promise<Model>;
export function loadModel(
  source: ModelSource,
  options: ModelOptions & { readonly backend: 'onnxruntime' },
): Promise<OnnxRuntimeModel>;
export function loadModel(
  source: ModelSource,
  options: ModelOptions,
): Promise<Model | OnnxRuntimeModel>;
export async function loadModel(
  source: ModelSource,
  options: ModelOptions = {},
): Promise<Model | OnnxRuntimeModel> {
  const { backend = 'storewise', sha256 } = options;
  const isBytes = source instanceof ArrayBuffer || source instanceof Uint8Array;
  const name = options.name ?? (isBytes ? kGivenBytes : absoluteUrl(source).href);
  if (sha256 !== undefined && !isSha256(sha256)) {
    const expected = '64 hexadecimal digits';
    throw new InputError('invalid-input', `sha256 is "${sha256}": expected ${expected}`, {
      place: 'sha256',
      expected,
      found: String(sha256),
    });
  }
  const read: ReadModel = (inner, onStart) => modelBytes(source, sha256, inner, onStart);
  if (backend === 'onnxruntime') {
    return openElsewhere(name, read, await read(options), options, kAsked);
  }
  if (backend !== 'storewise' && backend !== 'auto') {
    const expected = 'storewise, onnxruntime or auto';
    throw new InputError('invalid-input', `no backend "${backend}": expected ${expected}`, {
      place: 'backend',
      expected,
      found: String(backend),
    });
  }
  const choice = new Choice(options.wasm);
  const [bytes] = await bothOrNeither<[Uint8Array, unknown]>(options, (inner) => {
    let isWaiting = true;
    let tell: (head: Uint8Array) => void = () => {};
    const head = new Promise<Uint8Array>((resolve) => {
      tell = resolve;
    });
    const whole = read(inner, tell).finally(() => {
      isWaiting = false;
    });
    return [whole, head.then((start) => choice.guess(start, () => isWaiting, inner))];
  });
  options.signal?.throwIfAborted();
  let refused: StorewiseError;
  try {
    const reason = backend === 'auto' ? 'storewise supports all of this model' : kAsked;
    const [parts, compiled] = await choice.open(name, bytes, options);
    return new Model(parts, compiled, name, read, reason);
  } catch (error) {
    const isOurs = error instanceof StorewiseError && error.code === 'unsupported';
    if (backend !== 'auto' || !isOurs) throw error;
    refused = error;
  }
  const { found, place } = refused;
  const reason = `storewise does not support ${found}${place && `, at ${place}`}`;
  try {
    return await openElsewhere(name, read, bytes, options, reason);
  } catch (error) {
    if (!(error instanceof StorewiseError)) throw error;
    // Both reasons in one message: either may be the one to mend.
    throw storewiseError(error.code, `${name}: ${reason}; ${error.message}`, error);
  }
}

// `backendReason` of a model whose caller named the backend, or took the default.
const kAsked = 'chosen by the caller';

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

/** What a loaded model offers on whichever engine it runs; `backend` tells them apart. */
export interface AnyModel {
  readonly backend: Backend;
  /** Why that one: 'chosen by the caller', or in a sentence what `auto` found. */
  readonly backendReason: string;
  /** The declared inputs, in the model's order. */
  readonly inputs: readonly TensorInfo[];
  /** The declared outputs, in the model's order. */
  readonly outputs: readonly TensorInfo[];
  /** The document under the metadata key "storewise", or null. */
  readonly metadata: { readonly [key: string]: Json } | null;
  readonly description: ModelDescription;
  /** True after a fault in the engine. */
  readonly dead: boolean;
  /** The outputs at once on our engine, as a promise on ONNX Runtime: `await` takes both. */
  run(inputs: ModelInputs): ModelOutputs | Promise<ModelOutputs>;
  /** On our engine only; InputError elsewhere. */
  classify(text: string, options?: { readonly limit?: number | undefined }): Classification;
  /** On our engine only; InputError elsewhere. */
  rank(
    items: readonly string[],
    options?: { readonly limit?: number | undefined },
  ): readonly { readonly id: string; readonly score: number }[];
  /** On our engine only; InputError elsewhere. */
  request<T>(request: { readonly method: string; readonly [key: string]: unknown }): T;
  reload(options?: LoadOptions): Promise<void>;
  dispose(): void;
}

// One value for each declared input and no other; InputError otherwise.
function checkNames(file: string, infos: readonly TensorInfo[], inputs: ModelInputs): void {
  const names = infos.map((info) => info.name);
  const given = Object.keys(inputs);
  const surplus = given.find((name) => !names.includes(name));
  const missing = names.find((name) => !given.includes(name));
  if (surplus === undefined && missing === undefined) return;
  const expected = `inputs named ${names.join(', ')}`;
  const found = given.length === 0 ? 'none' : given.join(', ');
  throw new InputError(
    'invalid-input',
    `${file}: ${
      surplus === undefined ? `input "${missing}" is missing` : `no input is named "${surplus}"`
    }: expected ${expected}, found ${found}`,
    { file, place: surplus ?? missing ?? '', expected, found },
  );
}

/** A loaded model. Made by `loadModel`. Owns an engine of its own, so that its memory is its own. */
export class Model implements AnyModel {
  readonly backend = 'storewise';
  /** Why this engine runs the model, in a sentence. */
  readonly backendReason: string;
  #parts: Parts | null;
  readonly #compiled: CompiledEngine;
  readonly #name: string;
  readonly #read: ReadModel;

  /** @internal */
  constructor(
    parts: Parts,
    compiled: CompiledEngine,
    name: string,
    read: ReadModel,
    reason: string,
  ) {
    this.backendReason = reason;
    this.#parts = parts;
    this.#compiled = compiled;
    this.#name = name;
    this.#read = read;
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
  run(inputs: ModelInputs): ModelOutputs {
    const { engine, handle, description } = this.#open;
    const raw = this.#raw(description, inputs);
    const results = engine.run(handle, raw, description.outputs.length);
    const outputs: ModelOutputs = {};
    description.outputs.forEach((info, i) => {
      const result = results[i];
      if (result !== undefined) outputs[info.name] = fromRaw(result);
    });
    return outputs;
  }

  /**
   * What a model that `storewise train` made from a table says of a row, by the names of its
   * columns: `await model.predict({ age: 41, country: 'NL', joined: null })`. Rejects with
   * InputError for other models, for a row that lacks a column, and for cells that do not fit.
   */
  async predict(row: Row): Promise<TablePrediction> {
    const { predictRow } = await import('./table-model.js');
    return predictRow(this.#tableHost(), row);
  }

  /**
   * The same with the reasons: what each column added to the score, the way through a single tree,
   * and the smallest change of one column that would make another class the likeliest.
   */
  async explain(row: Row, options: ExplainOptions = {}): Promise<TableExplanation> {
    const { explainRow } = await import('./table-model.js');
    return explainRow(this.#tableHost(), row, options);
  }

  /**
   * The trees of a model that `storewise train tree`, `forest` or `boosted` made, question by question;
   * StorewiseError `unsupported` for other kinds. As for `reload`, the model's bytes are fetched again,
   * or taken from the array that was given to `loadModel`.
   */
  async trees(options: TreesOptions = {}): Promise<Trees> {
    const host = this.#tableHost();
    const [{ treesOf }, file] = await Promise.all([
      import('./table-model.js'),
      this.#read(options),
    ]);
    return treesOf(host, file, options);
  }

  /**
   * Which pieces of a text (words, pairs of words, runs of letters) speak for a label, by default the
   * likeliest: each is left out once, and what the label's log-odds lose is its contribution. For
   * classifiers made by storewise only; InputError otherwise, or for a text of more than 400 characters.
   */
  async explainText(text: string, options: ExplainTextOptions = {}): Promise<TextExplanation> {
    const { explainText } = await import('./text-model.js');
    const host: TextHost = {
      ...this.#host(),
      run: (inputs) => this.run(inputs),
      classify: (limit) => this.classify(text, { limit }),
    };
    return explainText(host, normalizeText(text), options);
  }

  /**
   * A reply made of sentences that the shop approved, and of nothing else; `text` is empty unless the
   * model is sure enough. For models of replies only (InputError otherwise).
   *
   * ```ts
   * const { text, confident } = await model.reply('hi! where is my parcel?', {
   *   slots: { order_number: '10423' },
   * });
   * ```
   */
  async reply(text: string, options: ReplyOptions = {}): Promise<GeneratedReply> {
    const { replyTo } = await import('./reply-model.js');
    const host: ReplyHost = {
      ...this.#host(),
      find: (inputs, beams, most) => {
        const { engine, handle } = this.#open;
        return engine.reply(handle, inputs, beams, most);
      },
    };
    return replyTo(host, normalizeText(text), options);
  }

  #host(): ModelHost {
    return { name: this.#name, metadata: this.metadata, error: storewiseError };
  }

  #tableHost(): TableHost {
    return {
      ...this.#host(),
      run: (inputs) => this.run(inputs),
      explain: (inputs, score) => {
        const { engine, handle, description } = this.#open;
        return engine.explain(handle, this.#raw(description, inputs), score);
      },
    };
  }

  // The inputs in declared order, checked.
  #raw(description: ModelDescription, inputs: ModelInputs): RawTensor[] {
    checkNames(this.#name, description.inputs, inputs);
    return description.inputs.map((info) => toRaw(info, inputs[info.name] as TensorInput));
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
    const bytes = await this.#read(options);
    const parts = openModel(await Engine.create(this.#compiled), this.#name, bytes);
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
