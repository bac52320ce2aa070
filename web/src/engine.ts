// One instance of the WebAssembly engine and its memory. This is the only file that touches
// `memory.buffer`: views are renewed whenever the memory grew, everything that leaves is a copy,
// and a trap marks the instance dead, because its memory can't be trusted afterwards.
//
// Ownership across the boundary: bytes handed to sw_open belong to the engine from then on; what
// JavaScript allocates for a call it frees after the call; what the engine returns stays the
// engine's until the next call and is copied out at once.

import { type ErrorCode, LoadError, StateError, StorewiseError, storewiseError } from './errors.js';
import type { CompiledEngine } from './loader.js';

/** The version of the C ABI (wasm/storewise.h) that this JavaScript speaks. */
export const kAbiVersion = 1;

/** What sw_open can open. */
export const Kind = {
  model: 1,
  catalogue: 2,
  faq: 3,
  offers: 4,
  rules: 5,
  shop: 6,
  intents: 8,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** A tensor as the C ABI sees it: ONNX's type number, sizes, little-endian row-major bytes. */
export interface RawTensor {
  readonly type: number;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** A row's score taken apart (src/behaviour/explainer.h). */
export interface Explained {
  /** The score of an average row of trees, of a row of zeros of a linear model. */
  readonly base: number;
  /** By feature; base + their sum is the score. */
  readonly contributions: readonly number[];
  readonly features: readonly number[];
  /** Of a linear model; empty for trees. */
  readonly weights: readonly number[];
  /** Of a single tree: feature, threshold, 1 where the row is at most that; the next step. */
  readonly path: readonly number[];
}

/** Replies of a model, best first: places in the approved sentences. */
export interface FoundReply {
  readonly sentences: readonly number[];
  readonly probability: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  sw_version(): number;
  sw_alloc(bytes: number): number;
  sw_free(pointer: number): void;
  sw_open(kind: number, bytes: number, length: number, name: number, nameLength: number): number;
  sw_close(handle: number): number;
  sw_run(model: number, tensors: number, inputs: number, outputs: number): number;
  sw_explain(model: number, tensors: number, inputs: number, score: number): number;
  sw_reply(model: number, tensors: number, beams: number, most: number): number;
  sw_call(handle: number, json: number, length: number): number;
  sw_result(): number;
  sw_result_length(): number;
}

const kExports = [
  '_initialize',
  'sw_version',
  'sw_alloc',
  'sw_free',
  'sw_open',
  'sw_close',
  'sw_run',
  'sw_explain',
  'sw_reply',
  'sw_call',
  'sw_result',
  'sw_result_length',
] as const;

// struct sw_tensor { int32 type; int32 rank; int32 dims[8]; void* data; uint32 bytes; }
const kTensorBytes = 48;
const kMaxRank = 8;

// An ONNX model of one step: y[1] = w[x[1]], w = [1, 2].
const kSmallModel =
  '\b\b:U' +
  '\n\x1e\n\x01w\n\x01x\x12\x01y"\x06Gather*\v\n\x04axis\x18\0\xa0\x01\x02' +
  '*\x11\b\x02\x10\x01B\x01wJ\b\0\0\x80?\0\0\0@' +
  'Z\x0f\n\x01x\x12\n\n\b\b\x07\x12\x04\n\x02\b\x01' +
  'b\x0f\n\x01y\x12\n\n\b\b\x01\x12\x04\n\x02\b\x01' +
  'B\x02\x10\x11';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function notOurs(file: string, found: string, cause?: unknown): LoadError {
  const name = file || 'the given WebAssembly';
  return new LoadError(
    'wrong-version',
    `${name} is not the engine of this storewise: expected C ABI ${kAbiVersion}, found ${found}; ` +
      'take storewise.wasm from the same version of the package',
    { file, expected: `C ABI ${kAbiVersion}`, found, cause },
  );
}

/** One instance. Not shared between shops, so that a fault in one can't reach another. */
export class Engine {
  #exports: Exports | null;
  #dead: unknown = undefined;
  #isDead = false;
  // Views of the memory; `buffer` is detached once the memory grew.
  #u8 = new Uint8Array();
  #view = new DataView(new ArrayBuffer(0));

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  /** Instantiates `compiled`. Throws LoadError `wrong-version` when it is not this engine. */
  static async create(compiled: CompiledEngine): Promise<Engine> {
    let instance: WebAssembly.Instance;
    try {
      instance = await WebAssembly.instantiate(compiled.module, {
        wasi_snapshot_preview1: {
          proc_exit: (code: number) => {
            throw new WebAssembly.RuntimeError(`the engine stopped itself with code ${code}`);
          },
        },
        env: { emscripten_notify_memory_growth: () => {} },
      });
    } catch (cause) {
      if (cause instanceof WebAssembly.LinkError || cause instanceof TypeError) {
        throw notOurs(compiled.url, 'a module with other imports', cause);
      }
      throw cause;
    }
    const exports = instance.exports as unknown as Exports;
    const missing = kExports.filter((name) => typeof exports[name] !== 'function');
    if (missing.length > 0 || !(exports.memory instanceof WebAssembly.Memory)) {
      throw notOurs(compiled.url, `a module without ${missing[0] ?? 'memory'}`);
    }
    exports._initialize();
    const version = exports.sw_version();
    if (version !== kAbiVersion) throw notOurs(compiled.url, `C ABI ${version}`);
    return new Engine(exports);
  }

  /** True after a fault. */
  get dead(): boolean {
    return this.#isDead;
  }

  /** Bytes of linear memory that the instance holds. */
  get memoryBytes(): number {
    return this.#exports?.memory.buffer.byteLength ?? 0;
  }

  /**
   * Opens a file's bytes (copied in) and returns the handle. Throws ModelError or InputError that
   * names `name`.
   */
  open(kind: Kind, bytes: Uint8Array, name: string): number {
    const nameBytes = encoder.encode(name);
    return this.#guard((wasm) =>
      this.#withCopy(nameBytes, (namePointer) => {
        const pointer = this.#put(bytes);
        const handle = wasm.sw_open(kind, pointer, bytes.byteLength, namePointer, nameBytes.length);
        if (handle <= 0) throw this.#error(name);
        return handle;
      }),
    );
  }

  /** Closes a handle. Throws StateError `invalid-handle` when it is not open or still in use. */
  close(handle: number): void {
    this.#guard((wasm) => {
      if (wasm.sw_close(handle) !== 0) throw this.#error('');
    });
  }

  /** One JSON request to a handle; the response parsed. `T` is what the method promises. */
  call<T>(handle: number, request: { readonly method: string }): T {
    const bytes = encoder.encode(JSON.stringify(request));
    return this.#guard((wasm) =>
      this.#withCopy(bytes, (pointer) => {
        if (wasm.sw_call(handle, pointer, bytes.length) !== 0) throw this.#error('');
        return JSON.parse(this.#result()) as T;
      }),
    );
  }

  /**
   * Runs a model with its inputs in declared order; the outputs are copies. Throws InputError when
   * an input's type or shape does not fit.
   */
  run(model: number, inputs: readonly RawTensor[], outputs: number): RawTensor[] {
    return this.#withTensors(
      inputs,
      outputs,
      (wasm, table) => wasm.sw_run(model, table, inputs.length, outputs) === 0,
    );
  }

  /**
   * Takes a model's answer to one row apart. Throws ModelError `unsupported` for a model that is
   * neither of trees nor linear, InputError for inputs that do not fit.
   */
  explain(model: number, inputs: readonly RawTensor[], score: number): Explained {
    const parts = this.#withTensors(
      inputs,
      5,
      (wasm, table) => wasm.sw_explain(model, table, inputs.length, score) === 0,
    );
    const [base, contributions, features, weights, path] = parts.map(({ type, bytes }) =>
      Array.from(new (type === 1 ? Float32Array : Float64Array)(bytes.buffer as ArrayBuffer)),
    );
    return {
      base: base?.[0] ?? Number.NaN,
      contributions: contributions ?? [],
      features: features ?? [],
      weights: weights ?? [],
      path: path ?? [],
    };
  }

  /**
   * The likeliest replies among the approved ones; `inputs` as sw_reply has them. Throws ModelError for
   * a model that makes no replies, InputError for approved sentences that break a rule.
   */
  reply(model: number, inputs: readonly RawTensor[], beams: number, most: number): FoundReply[] {
    const [sentences, probabilities] = this.#withTensors(
      inputs,
      2,
      (wasm, table) => wasm.sw_reply(model, table, beams, most) === 0,
    ).map(({ bytes }) => bytes.buffer as ArrayBuffer);
    const places = new Int32Array(sentences ?? new ArrayBuffer(0));
    const each = new Float64Array(probabilities ?? new ArrayBuffer(0));
    const width = places.length / Math.max(each.length, 1);
    return Array.from(each, (probability, i) => ({
      sentences: [...places.subarray(i * width, (i + 1) * width)].filter((place) => place >= 0),
      probability,
    }));
  }

  // Lays the inputs out in the engine's memory with room for `outputs` behind them, makes the call,
  // and copies those.
  #withTensors(
    inputs: readonly RawTensor[],
    outputs: number,
    call: (wasm: Exports, table: number) => boolean,
  ): RawTensor[] {
    return this.#guard((wasm) => {
      const owned: number[] = [];
      const free = () => {
        for (const pointer of owned) wasm.sw_free(pointer);
      };
      try {
        const table = this.#alloc((inputs.length + outputs) * kTensorBytes);
        owned.push(table);
        const data = inputs.map((input) => {
          const pointer = this.#put(input.bytes);
          owned.push(pointer);
          return pointer;
        });
        // All allocations are done: from here on the views stay valid until the engine runs.
        const view = this.#views();
        this.#u8.fill(0, table, table + (inputs.length + outputs) * kTensorBytes);
        inputs.forEach((input, i) => {
          const at = table + i * kTensorBytes;
          view.setInt32(at, input.type, true);
          view.setInt32(at + 4, input.dims.length, true);
          input.dims.forEach((dim, axis) => {
            view.setInt32(at + 8 + 4 * axis, dim, true);
          });
          view.setUint32(at + 40, data[i] ?? 0, true);
          view.setUint32(at + 44, input.bytes.byteLength, true);
        });
        if (!call(wasm, table)) throw this.#error('');
        const after = this.#views();
        const results: RawTensor[] = [];
        for (let i = inputs.length; i < inputs.length + outputs; i++) {
          const at = table + i * kTensorBytes;
          const rank = Math.min(after.getInt32(at + 4, true), kMaxRank);
          const dims: number[] = [];
          for (let axis = 0; axis < rank; axis++)
            dims.push(after.getInt32(at + 8 + 4 * axis, true));
          const pointer = after.getUint32(at + 40, true);
          const length = after.getUint32(at + 44, true);
          const bytes = this.#u8.slice(pointer, pointer + length);
          results.push({ type: after.getInt32(at, true), dims, bytes });
        }
        free();
        return results;
      } catch (error) {
        if (error instanceof StorewiseError) free();
        throw error;
      }
    });
  }

  /**
   * Opens and runs a small model, for the time while a file is on its way: browsers compile a
   * function when it is first called, and most of what a model needs is the same for all.
   */
  warmUp(): void {
    const model = Uint8Array.from(kSmallModel, (c) => c.charCodeAt(0));
    const handle = this.open(Kind.model, model, '');
    this.call(handle, { method: 'describe' });
    this.run(handle, [{ type: 7, dims: [1], bytes: new Uint8Array(8) }], 1);
    this.close(handle);
  }

  /** Lets the instance and its memory go. Idempotent. */
  dispose(): void {
    this.#exports = null;
    this.#u8 = new Uint8Array();
    this.#view = new DataView(new ArrayBuffer(0));
  }

  // Runs `body` unless the instance is gone; whatever is not an answer of the engine kills it.
  #guard<T>(body: (wasm: Exports) => T): T {
    const wasm = this.#exports;
    if (wasm === null) {
      throw new StateError('disposed', 'this engine was disposed: load the shop or model again', {
        expected: 'an engine in use',
        found: 'a disposed one',
      });
    }
    if (this.#isDead) throw this.#deadError();
    try {
      return body(wasm);
    } catch (cause) {
      if (cause instanceof StorewiseError) throw cause;
      this.#isDead = true;
      this.#dead = cause;
      throw this.#deadError();
    }
  }

  #deadError(): StateError {
    const why = this.#dead instanceof Error ? this.#dead.message : String(this.#dead);
    return new StateError('dead', `the engine stopped after a fault (${why}): call reload()`, {
      expected: 'a working engine',
      found: why,
      cause: this.#dead,
    });
  }

  #views(): DataView {
    const buffer = this.#exports?.memory.buffer;
    if (buffer !== undefined && this.#u8.buffer !== buffer) {
      this.#u8 = new Uint8Array(buffer);
      this.#view = new DataView(buffer);
    }
    return this.#view;
  }

  #alloc(bytes: number): number {
    const pointer = this.#exports?.sw_alloc(Math.max(bytes, 1)) ?? 0;
    if (pointer === 0) {
      throw new StateError('out-of-memory', `the engine has no room for ${bytes} more bytes`, {
        expected: `${bytes} bytes of memory`,
        found: `${this.memoryBytes} bytes in use or reserved`,
      });
    }
    return pointer >>> 0;
  }

  #put(bytes: Uint8Array): number {
    const pointer = this.#alloc(bytes.byteLength);
    this.#views();
    this.#u8.set(bytes, pointer);
    return pointer;
  }

  // `body` with a copy of `bytes` in the engine's memory, freed afterwards unless a trap ended it.
  #withCopy<T>(bytes: Uint8Array, body: (pointer: number) => T): T {
    const pointer = this.#put(bytes);
    try {
      const value = body(pointer);
      this.#exports?.sw_free(pointer);
      return value;
    } catch (error) {
      if (error instanceof StorewiseError) this.#exports?.sw_free(pointer);
      throw error;
    }
  }

  #result(): string {
    const pointer = (this.#exports?.sw_result() ?? 0) >>> 0;
    const length = (this.#exports?.sw_result_length() ?? 0) >>> 0;
    this.#views();
    return decoder.decode(this.#u8.subarray(pointer, pointer + length));
  }

  // The error that the last call left; read before anything else is called.
  #error(file: string): StorewiseError {
    const error = JSON.parse(this.#result()) as {
      code: ErrorCode;
      message: string;
      file: string;
      place: string;
      expected: string;
      found: string;
    };
    return storewiseError(error.code, error.message, { ...error, file: error.file || file });
  }
}

/**
 * A model's description with its metadata as a document: storewise-onnx.wasm gives the text as it
 * stands in the file, which may be anything.
 */
export function withMetadata<T extends { readonly metadata: unknown }>(description: T): T {
  if (typeof description.metadata !== 'string') return description;
  let metadata: unknown = null;
  try {
    metadata = JSON.parse(description.metadata);
  } catch {
    // Not ours, or damaged: no document.
  }
  const isDocument = typeof metadata === 'object' && !Array.isArray(metadata);
  return { ...description, metadata: isDocument ? metadata : null };
}
