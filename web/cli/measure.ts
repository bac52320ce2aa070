// What quantising does to a model's outputs: samples of its inputs, runs, differences.
import { performance } from 'node:perf_hooks';
import type { Tensor, TensorInfo, TensorInput } from '../src/tensors.js';
import type { OpenModel } from './engine.js';
import { CliError, listed } from './errors.js';
import { asNumbers, suited } from './tensor-files.js';

/** One value for each input. */
export type Sample = Readonly<Record<string, TensorInput>>;

/** The outputs of every sample. */
export type Outputs = readonly ReadonlyMap<string, Tensor>[];

export interface Difference {
  /** The largest difference of a number in an output of decimal numbers. */
  largest: number;
  /** The same as a share of the largest magnitude in that output, over all samples. */
  relative: number;
  /** The share of whole numbers, truths and strings in the outputs that are others now. */
  changed: number;
}

const kOpenSize = 8;
const kRandomSamples = 8;

/**
 * Samples from the arrays of a .npz. An array with the input's own shape is one sample; with one axis
 * more, its first axis counts samples; where the model's first size is 1, so does a longer first axis.
 * One sample goes with all of the other inputs'. Throws CliError.
 */
export function samplesOf(
  arrays: ReadonlyMap<string, Tensor>,
  infos: readonly TensorInfo[],
  file: string,
): Sample[] {
  const missing = infos.filter(({ name }) => !arrays.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new CliError('invalid-input', 'arrays are missing for the calibration', {
      file,
      expected: listed(missing),
      found: listed([...arrays.keys()]),
    });
  }
  const parts = infos.map((info) => ({
    name: info.name,
    values: split(arrays.get(info.name) as Tensor, info, file),
  }));
  const count = Math.max(...parts.map(({ values }) => values.length));
  for (const { name, values } of parts) {
    if (values.length === 1 || values.length === count) continue;
    throw new CliError('invalid-input', 'the inputs differ in their number of samples', {
      file,
      place: name,
      expected: `${count}`,
      found: `${values.length}`,
    });
  }
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      parts.map(({ name, values }) => [name, values[values.length === 1 ? 0 : i] as TensorInput]),
    ),
  );
}

function split(tensor: Tensor, info: TensorInfo, file: string): TensorInput[] {
  const { type, dims, data } = tensor;
  const declared = info.shape as readonly number[] | null;
  const fits = (sizes: readonly number[]): boolean =>
    declared === null ||
    (sizes.length === declared.length &&
      sizes.every((size, axis) => (declared[axis] as number) < 0 || size === declared[axis]));
  if (fits(dims)) return [suited(tensor, info, file)];
  let sample: readonly number[];
  const first = dims[0] ?? 0;
  if (fits(dims.slice(1))) {
    sample = dims.slice(1);
  } else if (declared?.[0] === 1 && fits([1, ...dims.slice(1)])) {
    sample = [1, ...dims.slice(1)];
  } else {
    const shape = (sizes: readonly number[]): string =>
      `[${sizes.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;
    throw new CliError('invalid-input', 'the array does not fit the input', {
      file,
      place: info.name,
      expected: `${shape(declared ?? [])}, or one axis more for several samples`,
      found: shape(dims),
    });
  }
  if (first === 0) {
    throw new CliError('invalid-input', 'there is no sample', { file, place: info.name });
  }
  const length = data.length / first;
  return Array.from({ length: first }, (_, i) =>
    suited(
      { type, dims: sample, data: data.slice(i * length, (i + 1) * length) as Tensor['data'] },
      info,
      file,
    ),
  );
}

/**
 * Random samples (standard normal, the same every time) for a model whose inputs are all decimal
 * numbers; otherwise the reason why nobody can guess them.
 */
export function randomSamples(infos: readonly TensorInfo[]): Sample[] | string {
  const guessed = infos.find(({ type }) => type !== 'float' && type !== 'double');
  if (guessed !== undefined) {
    return `input "${guessed.name}" is ${guessed.type}, for which no value can be guessed: give --calibration`;
  }
  const shapeless = infos.find(({ shape }) => (shape as readonly number[] | null) === null);
  if (shapeless !== undefined) {
    return `the shape of input "${shapeless.name}" is not declared: give --calibration`;
  }
  const next = normal(42);
  return Array.from({ length: kRandomSamples }, () =>
    Object.fromEntries(
      infos.map(({ name, shape }): [string, TensorInput] => {
        const dims = (shape as readonly number[]).map((size, axis) =>
          size >= 0 ? size : axis === 0 ? 1 : kOpenSize,
        );
        const count = dims.reduce((product, size) => product * size, 1);
        return [name, { dims, data: Array.from({ length: count }, next) }];
      }),
    ),
  );
}

/** Normal numbers by Box and Muller (1958) from Park and Miller's generator (1988). */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const kBreath = 100;

/** Runs every sample; lets Ctrl-C and the progress bar through now and then. */
export async function runAll(model: OpenModel, samples: readonly Sample[]): Promise<Outputs> {
  const outputs: ReadonlyMap<string, Tensor>[] = [];
  let last = performance.now();
  for (const sample of samples) {
    outputs.push(model.run(sample));
    if (performance.now() - last < kBreath) continue;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
  }
  return outputs;
}

const isDecimal = ({ type }: Tensor): boolean => ['float', 'double', 'float16'].includes(type);

export function compare(before: Outputs, after: Outputs): Difference {
  const magnitudes = new Map<string, number>();
  const differences = new Map<string, number>();
  let others = 0;
  let wholes = 0;
  for (const [i, outputs] of before.entries()) {
    for (const [name, old] of outputs) {
      const now = after[i]?.get(name);
      if (now === undefined) continue;
      if (!isDecimal(old)) {
        wholes += old.data.length;
        for (let n = 0; n < old.data.length; ++n) others += old.data[n] === now.data[n] ? 0 : 1;
        continue;
      }
      const x = asNumbers(old);
      const y = asNumbers(now);
      let magnitude = magnitudes.get(name) ?? 0;
      let difference = differences.get(name) ?? 0;
      if (x.length !== y.length) difference = Number.POSITIVE_INFINITY;
      for (const [n, value] of x.entries()) {
        const other = y[n] ?? Number.NaN;
        if (Object.is(value, other) || value === other) continue;
        const apart = Math.abs(value - other);
        difference = Math.max(difference, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
      }
      for (const value of x) {
        if (Number.isFinite(value)) magnitude = Math.max(magnitude, Math.abs(value));
      }
      magnitudes.set(name, magnitude);
      differences.set(name, difference);
    }
  }
  const shares = [...differences].map(([name, difference]) =>
    difference === 0 ? 0 : difference / (magnitudes.get(name) ?? 0),
  );
  const changed = wholes === 0 ? 0 : others / wholes;
  return {
    largest: Math.max(0, ...differences.values()),
    // A model that gives whole numbers alone is judged by how many of them change.
    relative: differences.size === 0 ? changed : Math.max(0, ...shares),
    changed,
  };
}
