// The trainer's WebAssembly (wasm/train.h) for one training run. Made for a worker thread: each
// call blocks until the model is done. This file alone touches the trainer's memory.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliError, type CliErrorDetail } from './errors.js';

/** What the trainer learns from; arrays are [events] or [examples]. */
export type TrainingJob =
  | {
      kind: 'recommender';
      options: object;
      session: Int32Array;
      item: Int32Array;
      /** Seconds. */
      time: Float64Array;
    }
  | { kind: 'classifier'; options: object; texts: readonly string[]; labels: Int32Array };

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
  const wasm = await instantiate(progress);
  const owned: number[] = [];
  const put = (bytes: Uint8Array): number => {
    const pointer = wasm.swt_alloc(Math.max(1, bytes.byteLength)) >>> 0;
    if (pointer === 0) {
      throw new CliError('training-failed', 'there is not enough memory for these data', {
        expected: `${bytes.byteLength} more bytes`,
        found: `${wasm.memory.buffer.byteLength} bytes in use`,
      });
    }
    owned.push(pointer);
    new Uint8Array(wasm.memory.buffer, pointer, bytes.byteLength).set(bytes);
    return pointer;
  };
  const options = new TextEncoder().encode(JSON.stringify(job.options));
  let status: number;
  if (job.kind === 'recommender') {
    const args = [bytesOf(job.session), bytesOf(job.item), bytesOf(job.time)].map(put);
    const [session, item, time] = args as [number, number, number];
    const json = put(options);
    status = wasm.swt_train_recommender(
      json,
      options.length,
      session,
      item,
      time,
      job.session.length,
    );
  } else {
    const { bytes, ends } = concatenated(job.texts);
    const texts = put(bytes);
    const textEnds = put(bytesOf(ends));
    const labels = put(bytesOf(job.labels));
    const json = put(options);
    status = wasm.swt_train_classifier(
      json,
      options.length,
      texts,
      textEnds,
      labels,
      job.texts.length,
    );
  }
  const read = (pointer: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(wasm.memory.buffer, pointer >>> 0, length >>> 0).slice();
  const text = new TextDecoder().decode(read(wasm.swt_result(), wasm.swt_result_length()));
  if (status !== 0) throw trainingError(text);
  const model = read(wasm.swt_model(), wasm.swt_model_length());
  for (const pointer of owned) wasm.swt_free(pointer);
  return { model, report: JSON.parse(text) };
}

async function instantiate(
  progress: (phase: string, done: number, total: number) => void,
): Promise<TrainerExports> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(trainerFile));
  } catch (error) {
    throw new CliError(
      'internal',
      'the trainer is missing; install storewise again',
      { file: fileURLToPath(trainerFile) },
      error,
    );
  }
  let memory: WebAssembly.Memory | undefined;
  const { instance } = await WebAssembly.instantiate(bytes, {
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

function trainingError(text: string): CliError {
  try {
    const error = JSON.parse(text) as { message?: string } & CliErrorDetail;
    return new CliError('training-failed', error.message ?? text);
  } catch {
    return new CliError('training-failed', text === '' ? 'the trainer gave no reason' : text);
  }
}
