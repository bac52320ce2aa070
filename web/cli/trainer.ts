// The trainer's WebAssembly (wasm/train.h): one training run, made for a worker thread because each
// call blocks until the model is done; and what else it does with model files, which is quick. This
// file alone touches the trainer's memory.
import { fileURLToPath } from 'node:url';
import { CliError, type CliErrorDetail } from './errors.js';
import { readShipped } from './shipped.js';

/** What the trainer learns from; arrays are [events] or [examples]. */
export type TrainingJob =
  | CustomersJob
  | {
      kind: 'recommender';
      options: object;
      session: Int32Array;
      item: Int32Array;
      /** Seconds. */
      time: Float64Array;
    }
  | { kind: 'classifier'; options: object; texts: readonly string[]; labels: Int32Array }
  | {
      kind: 'table' | 'uplift' | 'intents';
      options: object;
      /** [columns][rows], as wasm/train.h has them. */
      cells: Float64Array;
      rows: number;
    }
  | {
      kind: 'network';
      options: object;
      cells: Float64Array;
      rows: number;
      /** Of models of texts: words with a space between, a text for each row. */
      texts: readonly string[] | undefined;
    };

/** Order lines, [lines] each, as wasm/train.h has them. */
export interface CustomersJob {
  kind: 'customers';
  options: object;
  customer: Int32Array;
  order: Int32Array;
  item: Int32Array;
  quantity: Float64Array;
  price: Float64Array;
  time: Float64Array;
}

export interface TrainingResult {
  /** The ONNX file. */
  model: Uint8Array<ArrayBuffer>;
  /** The trainer's own report. */
  report: unknown;
}

interface TrainerExports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  swt_version(): number;
  swt_alloc(bytes: number): number;
  swt_free(pointer: number): void;
  swt_train_recommender(
    options: number,
    length: number,
    session: number,
    item: number,
    time: number,
    events: number,
  ): number;
  swt_train_classifier(
    options: number,
    length: number,
    texts: number,
    ends: number,
    labels: number,
    examples: number,
  ): number;
  swt_train_table(options: number, length: number, cells: number, rows: number): number;
  swt_train_network(
    options: number,
    length: number,
    cells: number,
    rows: number,
    texts: number,
    ends: number,
  ): number;
  swt_train_intents(options: number, length: number, cells: number, rows: number): number;
  swt_train_uplift(options: number, length: number, cells: number, rows: number): number;
  swt_train_customers(
    options: number,
    length: number,
    customer: number,
    order: number,
    item: number,
    quantity: number,
    price: number,
    time: number,
    lines: number,
  ): number;
  swt_quantize_model(options: number, length: number, model: number, modelLength: number): number;
  swt_inspect_model(model: number, length: number): number;
  swt_model(): number;
  swt_model_length(): number;
  swt_result(): number;
  swt_result_length(): number;
}

const kVersion = 1;

/** Beside the bundle's folder: dist/cli/main.js and dist/storewise-train.wasm. */
const trainerFile = new URL('../storewise-train.wasm', import.meta.url);

/** Trains once. Throws CliError when the trainer refuses the data. */
export async function train(
  job: TrainingJob,
  progress: (phase: string, done: number, total: number) => void,
): Promise<TrainingResult> {
  const result = await call(progress, (wasm, put) => {
    const options = new TextEncoder().encode(JSON.stringify(job.options));
    if (job.kind === 'customers') {
      const { customer, order, item, quantity, price, time } = job;
      return wasm.swt_train_customers(
        put(options),
        options.length,
        put(bytesOf(customer)),
        put(bytesOf(order)),
        put(bytesOf(item)),
        put(bytesOf(quantity)),
        put(bytesOf(price)),
        put(bytesOf(time)),
        customer.length,
      );
    }
    if (job.kind === 'recommender') {
      const args = [bytesOf(job.session), bytesOf(job.item), bytesOf(job.time)].map(put);
      const [session, item, time] = args as [number, number, number];
      const json = put(options);
      return wasm.swt_train_recommender(
        json,
        options.length,
        session,
        item,
        time,
        job.session.length,
      );
    }
    if (job.kind === 'network') {
      const { bytes, ends } = concatenated(job.texts ?? []);
      const args = [bytesOf(job.cells), bytes, bytesOf(ends), options].map(put);
      const [cells, texts, textEnds, json] = args as [number, number, number, number];
      return wasm.swt_train_network(json, options.length, cells, job.rows, texts, textEnds);
    }
    if ('cells' in job) {
      const cells = put(bytesOf(job.cells));
      const json = put(options);
      const learn = {
        table: wasm.swt_train_table,
        uplift: wasm.swt_train_uplift,
        intents: wasm.swt_train_intents,
      }[job.kind];
      return learn(json, options.length, cells, job.rows);
    }
    const { bytes, ends } = concatenated(job.texts);
    const texts = put(bytes);
    const textEnds = put(bytesOf(ends));
    const labels = put(bytesOf(job.labels));
    const json = put(options);
    return wasm.swt_train_classifier(
      json,
      options.length,
      texts,
      textEnds,
      labels,
      job.texts.length,
    );
  });
  if (result.failed) throw trainingError(result.text);
  return { model: result.model, report: JSON.parse(result.text) };
}

/** What `quantizeModel` says of its work. */
export interface QuantizeReport {
  bytes_before: number;
  bytes_after: number;
  opset_before: number;
  opset: number;
  quantised: {
    name: string;
    elements: number;
    axis: number;
    shape: number[];
    operators: string;
    bytes_before: number;
    bytes_after: number;
    /** Root of the mean squared error over that of the weight. */
    error: number;
  }[];
  left: { name: string; elements: number; reason: string }[];
  /** Tensors of 8 or 4 bits that the model had already. */
  integers_before: number;
}

/** An ONNX model with int8 weights; `file` names it in messages. Throws CliError. */
export async function quantizeModel(
  model: Uint8Array,
  options: { leave?: readonly string[]; only?: readonly string[] },
  file: string,
): Promise<{ model: Uint8Array<ArrayBuffer>; report: QuantizeReport }> {
  const json = new TextEncoder().encode(JSON.stringify(options));
  const result = await call(noProgress, (wasm, put) =>
    wasm.swt_quantize_model(put(json), json.length, put(model), model.length),
  );
  if (result.failed) throw modelError(result.text, file);
  return { model: result.model, report: JSON.parse(result.text) as QuantizeReport };
}

/** What is in an ONNX file. */
export interface FileReport {
  bytes: number;
  ir_version: number;
  producer: string;
  opsets: Record<string, number>;
  opset: number;
  name: string;
  /** `shape` is null where not even the rank is declared; an open size is its name or -1. */
  inputs: { name: string; type: string; shape: (number | string)[] | null }[];
  outputs: { name: string; type: string; shape: (number | string)[] | null }[];
  nodes: number;
  subgraphs: number;
  functions: string[];
  operators: Record<string, number>;
  unsupported: { operator: string; node: string; reason: string }[];
  tensors: { name: string; type: string; shape: number[]; bytes: number; external: boolean }[];
  types: Record<string, { tensors: number; bytes: number }>;
  /** Bytes of each entry. */
  metadata: Record<string, number>;
}

/** What is in an ONNX file, whether or not the engine runs it. Throws CliError. */
export async function inspectModel(model: Uint8Array, file: string): Promise<FileReport> {
  const result = await call(noProgress, (wasm, put) =>
    wasm.swt_inspect_model(put(model), model.length),
  );
  if (result.failed) throw modelError(result.text, file);
  return JSON.parse(result.text) as FileReport;
}

const noProgress = (): void => {};

/** One call in an instance of its own, which goes with all its memory afterwards. */
async function call(
  progress: (phase: string, done: number, total: number) => void,
  work: (wasm: TrainerExports, put: (bytes: Uint8Array) => number) => number,
): Promise<{ failed: boolean; model: Uint8Array<ArrayBuffer>; text: string }> {
  const wasm = await instantiate(progress);
  const put = (bytes: Uint8Array): number => {
    const pointer = wasm.swt_alloc(Math.max(1, bytes.byteLength)) >>> 0;
    if (pointer === 0) {
      throw new CliError('training-failed', 'there is not enough memory for these data', {
        expected: `${bytes.byteLength} more bytes`,
        found: `${wasm.memory.buffer.byteLength} bytes in use`,
      });
    }
    new Uint8Array(wasm.memory.buffer, pointer, bytes.byteLength).set(bytes);
    return pointer;
  };
  const failed = work(wasm, put) !== 0;
  const read = (pointer: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(wasm.memory.buffer, pointer >>> 0, length >>> 0).slice();
  const text = new TextDecoder().decode(read(wasm.swt_result(), wasm.swt_result_length()));
  const model = read(wasm.swt_model(), wasm.swt_model_length());
  return { failed, model, text };
}

let compiled: Promise<WebAssembly.Module> | undefined;

async function compileTrainer(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(readShipped(trainerFile, 'the trainer'));
}

async function instantiate(
  progress: (phase: string, done: number, total: number) => void,
): Promise<TrainerExports> {
  compiled ??= compileTrainer();
  let memory: WebAssembly.Memory | undefined;
  const instance = await WebAssembly.instantiate(await compiled, {
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        throw new WebAssembly.RuntimeError(`the trainer stopped itself with code ${code}`);
      },
    },
    env: { emscripten_notify_memory_growth: () => {} },
    storewise: {
      progress: (phase: number, length: number, done: number, total: number) => {
        if (memory === undefined) return;
        const name = new Uint8Array(memory.buffer, phase >>> 0, length >>> 0).slice();
        progress(new TextDecoder().decode(name), done, total);
      },
    },
  });
  const wasm = instance.exports as unknown as TrainerExports;
  memory = wasm.memory;
  wasm._initialize();
  const version = wasm.swt_version();
  if (version !== kVersion) {
    throw new CliError(
      'internal',
      'the trainer belongs to another version; install storewise again',
      {
        file: fileURLToPath(trainerFile),
        expected: `version ${kVersion}`,
        found: `version ${version}`,
      },
    );
  }
  return wasm;
}

function bytesOf(values: Int32Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The texts as one UTF-8 buffer, and where each ends in it. */
function concatenated(texts: readonly string[]): { bytes: Uint8Array; ends: Uint32Array } {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const ends = new Uint32Array(parts.length);
  let total = 0;
  for (const [i, part] of parts.entries()) {
    total += part.length;
    ends[i] = total;
  }
  const bytes = new Uint8Array(total);
  for (const [i, part] of parts.entries()) bytes.set(part, (ends[i] as number) - part.length);
  return { bytes, ends };
}

function modelError(text: string, file: string): CliError {
  let error: { code?: string; message?: string };
  try {
    error = JSON.parse(text) as typeof error;
  } catch {
    return new CliError('internal', 'the module gave no reason', { file });
  }
  const code = error.code === 'invalid-input' ? 'invalid-input' : 'invalid-model';
  return new CliError(code, error.message ?? text, { file });
}

function trainingError(text: string): CliError {
  try {
    const error = JSON.parse(text) as { message?: string } & CliErrorDetail;
    return new CliError('training-failed', error.message ?? text);
  } catch {
    return new CliError('training-failed', text === '' ? 'the trainer gave no reason' : text);
  }
}
