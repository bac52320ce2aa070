// A model on ONNX Runtime Web, with the interface of a model on our engine. Loaded by `loadModel`
// only when it is needed, and loads onnxruntime-web only then; what it shares with the main module
// (errors, checks of tensors) is handed in, so that error classes are those of the caller's module.
// Refuses what only our engine does: text classification, ranking, JSON requests.

import type { RawTensor } from './engine.js';
import type { ErrorCode, ErrorDetail, StorewiseError } from './errors.js';
import type { LoadOptions } from './fetching.js';
import type {
  AnyModel,
  Classification,
  Json,
  ModelDescription,
  ModelInputs,
  ModelOutputs,
} from './model.js';
import { type OnnxFacts, readOnnxFacts } from './onnx-file.js';
import type { Tensor, TensorInfo, TensorInput, TensorType } from './tensors.js';

/** A value's description as onnxruntime-web gives it. */
export interface OrtValueInfo {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A tensor of onnxruntime-web. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** A session of onnxruntime-web, as far as the adapter uses it. */
export interface OrtSession {
  readonly inputMetadata: readonly OrtValueInfo[];
  readonly outputMetadata: readonly OrtValueInfo[];
  run(
    feeds: { readonly [name: string]: never },
    fetches: readonly string[],
  ): Promise<{ readonly [name: string]: unknown }>;
  release(): Promise<void>;
}

/**
 * The module onnxruntime-web, as far as the adapter uses it: what
 * `import * as ort from 'onnxruntime-web'` (1.21 or later) gives can be passed as it is.
 */
export interface OrtModule {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { executionProviders: string[]; logSeverityLevel: 0 | 1 | 2 | 3 | 4 },
    ): Promise<OrtSession>;
  };
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => OrtTensor;
  readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: unknown } };
}

/** Options for ONNX Runtime Web. */
export interface OnnxRuntimeOptions {
  /**
   * The module to use, or a function that loads it, for instance
   * `() => import('onnxruntime-web/webgpu')`; its `env` is then left as it is. By default
   * `onnxruntime-web/wasm` with one thread.
   */
  readonly ort?: OrtModule | (() => Promise<OrtModule>) | undefined;
  /** Where ONNX Runtime's WebAssembly lies (its `env.wasm.wasmPaths`), if not beside its module. */
  readonly wasmPaths?:
    | string
    | { readonly wasm?: string | URL; readonly mjs?: string | URL }
    | undefined;
  /** ONNX Runtime's execution providers in order of preference; `['wasm']` by default. */
  readonly executionProviders?: readonly string[] | undefined;
}

/** What the main module hands to the adapter. */
export interface AdapterKit {
  readonly error: (code: ErrorCode, message: string, detail?: ErrorDetail) => StorewiseError;
  readonly toRaw: (info: TensorInfo, input: TensorInput) => RawTensor;
  readonly fromRaw: (raw: RawTensor) => Tensor;
  readonly checkNames: (file: string, infos: readonly TensorInfo[], inputs: ModelInputs) => void;
}

/** What there is to open. */
export interface AdapterSource {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly reason: string;
  /** The bytes again, for `reload`. */
  readonly read: (options: LoadOptions) => Promise<Uint8Array>;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function findOrt(kit: AdapterKit, options: OnnxRuntimeOptions): Promise<OrtModule> {
  const { ort: given, wasmPaths } = options;
  let ort: OrtModule;
  if (typeof given === 'object') {
    ort = given;
  } else {
    try {
      // Within `try`, so that bundlers take it for optional.
      ort = given === undefined ? await import('onnxruntime-web/wasm') : await given();
    } catch (cause) {
      throw kit.error(
        'missing-package',
        `ONNX Runtime Web could not be loaded (${words(cause)}): run "npm install onnxruntime-web"`,
        {
          file: 'onnxruntime-web',
          expected: 'the package onnxruntime-web',
          found: words(cause),
          cause,
        },
      );
    }
    if (given === undefined) ort.env.wasm.numThreads = 1;
  }
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  return ort;
}

// ONNX Runtime puts its status into the text: "… ERROR_CODE: 6, ERROR_MESSAGE: No Op registered …".
function refusal(error: unknown): { readonly code: number; readonly message: string } | null {
  const found = /ERROR_CODE: (\d+), ERROR_MESSAGE: ([^\n]*)/.exec(words(error));
  if (found === null) return null;
  return { code: Number(found[1]), message: (found[2] ?? '').trim() };
}

const kInvalidFile = [4, 7, 10]; // no model, broken protobuf, broken graph

const kTypes = [
  ...['float', 'double', 'float16', 'int8', 'int16', 'int32', 'int64'],
  ...['uint8', 'uint16', 'uint32', 'uint64', 'bool', 'string'],
] as readonly TensorType[];
const kNames: { readonly [ort: string]: string } = { float32: 'float', float64: 'double' };
const kOrtNames: { readonly [type: string]: string } = { float: 'float32', double: 'float64' };

interface Parts {
  readonly ort: OrtModule;
  readonly session: OrtSession;
  readonly description: ModelDescription;
}

function valuesOf(
  kit: AdapterKit,
  file: string,
  values: readonly OrtValueInfo[],
  shaped: ReadonlySet<string>,
): TensorInfo[] {
  return values
    .filter(({ isTensor }) => isTensor)
    .map(({ name, type: ort = '', shape = [] }) => {
      const type = kTypes.find((one) => one === (kNames[ort] ?? ort));
      if (type === undefined) {
        const expected = kTypes.join(', ');
        throw kit.error(
          'unsupported',
          `${file}: "${name}" has the element type ${ort}: expected one of ${expected}`,
          { file, place: name, expected, found: ort },
        );
      }
      const sizes = shape.map((dim) => (typeof dim === 'number' && dim >= 0 ? dim : -1));
      // ONNX Runtime gives [] for a scalar and for an open rank alike.
      return { name, type, shape: shaped.has(name) ? sizes : null };
    });
}

function parse(facts: OnnxFacts): { readonly [key: string]: Json } | null {
  try {
    return facts.metadata === null ? null : JSON.parse(facts.metadata);
  } catch {
    return null; // somebody else's text under our key
  }
}

async function openSession(
  kit: AdapterKit,
  name: string,
  bytes: Uint8Array,
  options: OnnxRuntimeOptions,
): Promise<Parts> {
  const ort = await findOrt(kit, options);
  let session: OrtSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: [...(options.executionProviders ?? ['wasm'])],
      logSeverityLevel: 3,
    });
  } catch (cause) {
    const told = refusal(cause);
    const found = told?.message ?? words(cause);
    if (told === null) {
      throw kit.error('network', `ONNX Runtime Web did not start: ${found}`, {
        file: 'onnxruntime-web',
        expected: "ONNX Runtime's WebAssembly, beside its module or at wasmPaths",
        found,
        cause,
      });
    }
    const broken = kInvalidFile.includes(told.code) && !/registered|implemented/i.test(found);
    throw kit.error(
      broken ? 'invalid-model' : 'unsupported',
      `${name}: ONNX Runtime refuses the model: ${found}`,
      { file: name, expected: 'a model that ONNX Runtime Web runs', found, cause },
    );
  }
  try {
    const facts = readOnnxFacts(bytes);
    const description: ModelDescription = {
      name,
      inputs: valuesOf(kit, name, session.inputMetadata, facts.shaped),
      outputs: valuesOf(kit, name, session.outputMetadata, facts.shaped),
      metadata: parse(facts),
      opset: facts.opset,
      operators: facts.operators,
      steps: [], // ONNX Runtime does not tell
      labels: facts.labels,
      bytes: bytes.byteLength,
    };
    return { ort, session, description };
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** @internal Opens a model on ONNX Runtime Web. */
export async function openOnnxRuntime(
  kit: AdapterKit,
  source: AdapterSource,
  options: OnnxRuntimeOptions = {},
): Promise<OnnxRuntimeModel> {
  const parts = await openSession(kit, source.name, source.bytes, options);
  return new OnnxRuntimeModel(kit, parts, source, options);
}

/**
 * A model on ONNX Runtime Web. `run` answers by a promise; `classify`, `rank` and `request` throw
 * InputError. Outputs that are no tensors (sequences and maps) are left out of `outputs` and `run`.
 * All models share ONNX Runtime's one WebAssembly memory, which never shrinks.
 */
export class OnnxRuntimeModel implements AnyModel {
  readonly backend = 'onnxruntime';
  /** Why this engine runs the model, in a sentence. */
  readonly backendReason: string;
  #parts: Parts | null;
  #dead: unknown = null;
  // One call at a time, and a session is let go only after the calls before it.
  #queue: Promise<unknown> = Promise.resolve();
  readonly #kit: AdapterKit;
  readonly #name: string;
  readonly #read: AdapterSource['read'];
  readonly #options: OnnxRuntimeOptions;

  /** @internal */
  constructor(kit: AdapterKit, parts: Parts, source: AdapterSource, options: OnnxRuntimeOptions) {
    this.#kit = kit;
    this.#parts = parts;
    this.#name = source.name;
    this.#read = source.read;
    this.#options = options;
    this.backendReason = source.reason;
  }

  get #open(): Parts {
    if (this.#parts !== null) return this.#parts;
    throw this.#kit.error('disposed', `the model ${this.#name} was disposed: load it again`, {
      file: this.#name,
      expected: 'a model in use',
      found: 'a disposed one',
    });
  }

  get inputs(): readonly TensorInfo[] {
    return this.#open.description.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#open.description.outputs;
  }

  get metadata(): { readonly [key: string]: Json } | null {
    return this.#open.description.metadata;
  }

  get description(): ModelDescription {
    return this.#open.description;
  }

  /** True after a fault in ONNX Runtime: its memory can't be trusted until the page is reloaded. */
  get dead(): boolean {
    return this.#dead !== null;
  }

  /**
   * Runs the model. Rejects with InputError for a wrong name, type, shape or value, StateError when
   * disposed or dead. Calls made at once are answered one after another, and
   * inputs must stay as they are until then.
   */
  async run(inputs: ModelInputs): Promise<ModelOutputs> {
    const { ort, session, description } = this.#open;
    if (this.dead) throw this.#deadError();
    this.#kit.checkNames(this.#name, description.inputs, inputs);
    const feeds: { [name: string]: never } = {};
    for (const info of description.inputs) {
      const checked = this.#kit.toRaw(info, inputs[info.name] as TensorInput);
      const { type, dims, data } = this.#kit.fromRaw(checked);
      const name = kOrtNames[type] ?? type;
      feeds[info.name] = new ort.Tensor(name as never, data as never, dims) as never;
    }
    const names = description.outputs.map(({ name }) => name);
    const answer = this.#queue.then(() => session.run(feeds, names));
    this.#queue = answer.catch(() => {});
    const outputs: { [name: string]: Tensor } = {};
    try {
      const results = await answer;
      for (const name of names) outputs[name] = this.#tensor(results[name] as OrtTensor);
    } catch (cause) {
      throw this.#failure(cause);
    }
    return outputs;
  }

  #tensor({ type, dims, data }: OrtTensor): Tensor {
    // Where the language has Float16Array, ONNX Runtime uses it; ours are the bits.
    const bits =
      type === 'float16' && ArrayBuffer.isView(data)
        ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
        : data;
    return {
      type: (kNames[type] ?? type) as Tensor['type'],
      dims: [...dims],
      data: bits as Tensor['data'],
    };
  }

  #failure(cause: unknown): StorewiseError {
    // A trap, or a C++ exception that nobody caught: a bare number.
    if (cause instanceof WebAssembly.RuntimeError || !(cause instanceof Error)) {
      this.#dead = cause;
      return this.#deadError();
    }
    const found = refusal(cause)?.message ?? cause.message;
    return this.#kit.error(
      'invalid-input',
      `${this.#name}: ONNX Runtime refuses the call: ${found}`,
      {
        file: this.#name,
        expected: 'inputs that the model accepts',
        found,
        cause,
      },
    );
  }

  #deadError(): StorewiseError {
    const why = words(this.#dead);
    return this.#kit.error('dead', `ONNX Runtime stopped after a fault (${why}): call reload()`, {
      file: this.#name,
      expected: 'a working engine',
      found: why,
      cause: this.#dead,
    });
  }

  #ours(what: string): never {
    this.#open;
    throw this.#kit.error(
      'invalid-request',
      `${this.#name}: ${what} needs storewise's own engine, and this model runs on ONNX Runtime; use run(), or load it with backend "storewise"`,
      {
        file: this.#name,
        place: what,
        expected: 'backend "storewise"',
        found: 'backend "onnxruntime"',
      },
    );
  }

  /** Throws InputError: only storewise's own engine classifies texts. */
  classify(_text: string, _options?: { readonly limit?: number | undefined }): Classification {
    return this.#ours('classify()');
  }

  /** Throws InputError: only storewise's own engine ranks items. */
  rank(
    _items: readonly string[],
    _options?: { readonly limit?: number | undefined },
  ): readonly { readonly id: string; readonly score: number }[] {
    return this.#ours('rank()');
  }

  /** Throws InputError: only storewise's own engine has a JSON interface. */
  request<T>(_request: { readonly method: string; readonly [key: string]: unknown }): T {
    return this.#ours('request()');
  }

  /** A new session; the model's bytes are fetched again, or taken from the array that was given. */
  async reload(options: LoadOptions = {}): Promise<void> {
    const old = this.#open;
    const bytes = await this.#read(options);
    const parts = await openSession(this.#kit, this.#name, bytes, this.#options);
    // Disposed meanwhile, or reloaded twice at once: the newest wins and the other is let go.
    const unwanted = this.#parts === old ? old : parts;
    if (unwanted === old) {
      this.#parts = parts;
      this.#dead = null;
    }
    this.#release(unwanted);
  }

  /** Lets the session go. Idempotent; later calls throw StateError `disposed`. */
  dispose(): void {
    if (this.#parts !== null) this.#release(this.#parts);
    this.#parts = null;
  }

  #release({ session }: Parts): void {
    // After a fault there is nothing left to release, and nobody to tell.
    this.#queue = this.#queue.then(() => session.release()).catch(() => {});
  }
}
