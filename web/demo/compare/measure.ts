// Runs one model in both engines and measures. Both engines are loaded here and at no other time;
// what they fetched is told by the browser's own resource timing.

import type { AnyModel, ModelOutputs } from 'storewise';
import { described, type Inputs, inputsFor } from './inputs.js';

export const engines = ['storewise', 'onnxruntime'] as const;
export type EngineName = (typeof engines)[number];

/** What is known of one engine so far; null is "not measured". Times in milliseconds. */
export interface Column {
  served: number | null;
  first: number | null;
  open: number | null;
  median: number | null;
  p95: number | null;
  /** Calls in a sample. */
  calls: number;
  /** Why the engine does not run the model, or ''. */
  refused: string;
}

export interface Result {
  readonly columns: Readonly<Record<EngineName, Column>>;
  fileBytes: number;
  inputs: string;
  samples: number;
  /** Largest absolute difference between outputs; NaN when they differ in kind, null before. */
  difference: number | null;
  largest: number;
}

export type Step = 'model' | EngineName | 'calls' | 'done';

export interface Watcher {
  readonly signal: AbortSignal;
  /** Called as figures come in. */
  step(step: Step, done?: number, of?: number): void;
}

const kSamples = 40;
const kFewest = 8;
const kSampleMilliseconds = 4;
const kWarmUpMilliseconds = 100;
const kBudgetMilliseconds = 12_000;
const kInputSets = 3;

const column = (): Column => ({
  served: null,
  first: null,
  open: null,
  median: null,
  p95: null,
  calls: 1,
  refused: '',
});

export const newResult = (): Result => ({
  columns: { storewise: column(), onnxruntime: column() },
  fileBytes: 0,
  inputs: '',
  samples: 0,
  difference: null,
  largest: 0,
});

// A first start can be measured once: then the engine is there. Bytes and time are kept for later.
const firsts = new Map<EngineName, { readonly served: number; readonly milliseconds: number }>();

type Open = (bytes: Uint8Array<ArrayBuffer>) => Promise<AnyModel>;

const loaders: Readonly<Record<EngineName, () => Promise<Open>>> = {
  async storewise() {
    const { loadModel } = await import('storewise');
    return (bytes) => loadModel(bytes, { name: 'the model' });
  },
  async onnxruntime() {
    const { loadModel } = await import('storewise/onnxruntime');
    return (bytes) => loadModel(bytes, { name: 'the model' });
  },
};

/** Lets the page draw and answer. */
const breath = () => new Promise<void>((resolve) => setTimeout(resolve));

const fetched = () => performance.getEntriesByType('resource') as PerformanceResourceTiming[];

async function openWith(
  engine: EngineName,
  bytes: Uint8Array<ArrayBuffer>,
  result: Column,
): Promise<AnyModel> {
  const before = new Set(fetched());
  const started = performance.now();
  const open = await loaders[engine]();
  let model = await open(bytes);
  const milliseconds = performance.now() - started;
  if (!firsts.has(engine)) {
    await breath(); // the browser notes the last download a moment later
    const served = fetched()
      .filter((entry) => !before.has(entry))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0);
    firsts.set(engine, { served, milliseconds });
  }
  result.served = firsts.get(engine)?.served ?? null;
  result.first = firsts.get(engine)?.milliseconds ?? null;
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    model.dispose();
    const again = performance.now();
    model = await open(bytes);
    times.push(performance.now() - again);
  }
  result.open = quantile(times, 0.5);
  return model;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

// `await` only where the engine answers later, so that none pays for the other's manner.
async function callMany(model: AnyModel, inputs: Inputs, calls: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < calls; i++) {
    const outputs = model.run(inputs);
    if (outputs instanceof Promise) await outputs;
  }
  return performance.now() - started;
}

// After a warm-up, in which the browser compiles what runs often a second time.
async function callsPerSample(model: AnyModel, inputs: Inputs): Promise<number> {
  const until = performance.now() + kWarmUpMilliseconds;
  while (performance.now() < until) await callMany(model, inputs, 1);
  for (let calls = 1; ; calls *= 2) {
    if (calls >= 4096 || (await callMany(model, inputs, calls)) >= kSampleMilliseconds)
      return calls;
  }
}

function differenceOf(a: ModelOutputs, b: ModelOutputs, result: Result): void {
  let difference = result.difference ?? 0;
  for (const [name, { data, dims }] of Object.entries(a)) {
    const other = b[name];
    if (other === undefined || String(other.dims) !== String(dims)) {
      difference = Number.NaN;
      continue;
    }
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [data[i] ?? 0, other.data[i] ?? 0];
      if (typeof x === 'string' || typeof y === 'string') {
        if (x !== y) difference = Number.NaN;
        continue;
      }
      const [left, right] = [Number(x), Number(y)];
      if (Object.is(left, right)) continue;
      result.largest = Math.max(result.largest, Math.abs(left));
      difference = Math.max(difference, Math.abs(left - right));
    }
    for (const x of data) {
      if (typeof x !== 'string') result.largest = Math.max(result.largest, Math.abs(Number(x)));
    }
  }
  result.difference = difference;
}

/** Measures; the result fills as it goes, and `watcher.step` tells when. Rejects when aborted. */
export async function measure(
  read: () => Promise<Uint8Array<ArrayBuffer>>,
  openSize: number,
  result: Result,
  watcher: Watcher,
): Promise<void> {
  const { signal } = watcher;
  watcher.step('model');
  const bytes = await read();
  result.fileBytes = bytes.byteLength;
  const models = new Map<EngineName, AnyModel>();
  try {
    for (const engine of engines) {
      watcher.step(engine);
      await breath();
      signal.throwIfAborted();
      try {
        models.set(engine, await openWith(engine, bytes, result.columns[engine]));
      } catch (error) {
        result.columns[engine].refused = error instanceof Error ? error.message : String(error);
      }
    }
    await compareCalls(models, openSize, result, watcher);
    watcher.step('done');
  } finally {
    for (const model of models.values()) model.dispose();
  }
}

async function compareCalls(
  models: ReadonlyMap<EngineName, AnyModel>,
  openSize: number,
  result: Result,
  { signal, step }: Watcher,
): Promise<void> {
  const [any] = models.values();
  if (any === undefined) return;
  const inputs = inputsFor(any, openSize, 1);
  result.inputs = described(inputs);
  const [ours, theirs] = [models.get('storewise'), models.get('onnxruntime')];
  if (ours !== undefined && theirs !== undefined) {
    for (let seed = 1; seed <= kInputSets; seed++) {
      const same = inputsFor(any, openSize, seed);
      differenceOf(await ours.run(same), await theirs.run(same), result);
    }
  }
  const times = new Map<EngineName, number[]>();
  for (const [engine, model] of models) {
    result.columns[engine].calls = await callsPerSample(model, inputs);
    times.set(engine, []);
  }
  const started = performance.now();
  for (let sample = 0; sample < kSamples; sample++) {
    if (sample >= kFewest && performance.now() - started > kBudgetMilliseconds) break;
    for (const [engine, model] of models) {
      const measured = result.columns[engine];
      const list = times.get(engine) ?? [];
      list.push((await callMany(model, inputs, measured.calls)) / measured.calls);
      measured.median = quantile(list, 0.5);
      measured.p95 = quantile(list, 0.95);
    }
    result.samples = sample + 1;
    if (sample % 4 === 0) step('calls', sample + 1, kSamples);
    await breath();
    signal.throwIfAborted();
  }
}
