// Inputs for a model, the same for both engines: for the shop's own kinds such as they see in the
// shop, for any other file by its declared types and shapes.

import type { AnyModel, Tensor, TensorInfo } from 'storewise';

export type Inputs = { readonly [name: string]: Tensor };

/** A small generator (Lehmer; Park and Miller, 1988): every run sees the same. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

function filled(info: TensorInfo, open: number, next: (below: number) => number): Tensor {
  const dims = (info.shape ?? [open]).map((dim) => (dim < 0 ? open : dim));
  const length = dims.reduce((product, dim) => product * dim, 1);
  const { type } = info;
  // Whole numbers are indices more often than not: 0 and 1 lie within most tables.
  const whole = { length };
  const bit = () => next(2);
  const data = {
    float: () => Float32Array.from(whole, () => next(1000) / 1000),
    double: () => Float64Array.from(whole, () => next(1000) / 1000),
    // 0x3800 to 0x3bff: the float16 numbers from 0.5 up to 1.
    float16: () => Uint16Array.from(whole, () => 0x3800 + next(1024)),
    int4: () => Int8Array.from(whole, bit),
    uint4: () => Uint8Array.from(whole, bit),
    int8: () => Int8Array.from(whole, bit),
    int16: () => Int16Array.from(whole, bit),
    int32: () => Int32Array.from(whole, bit),
    int64: () => BigInt64Array.from(whole, () => BigInt(bit())),
    uint8: () => Uint8Array.from(whole, bit),
    uint16: () => Uint16Array.from(whole, bit),
    uint32: () => Uint32Array.from(whole, bit),
    uint64: () => BigUint64Array.from(whole, () => BigInt(bit())),
    bool: () => Uint8Array.from(whole, bit),
    string: () => Array.from(whole, () => (bit() === 1 ? 'yes' : 'no')),
  }[type]();
  return { type, dims, data };
}

/** `count` whole numbers below `below`, each once, ascending. */
function distinct(count: number, below: number, next: (below: number) => number): BigInt64Array {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, below)) chosen.add(next(below));
  return BigInt64Array.from([...chosen].sort((a, b) => a - b).map(BigInt));
}

/** One set of inputs. `open` stands for sizes that the model leaves open. */
export function inputsFor(model: AnyModel, open: number, seed: number): Inputs {
  const next = generator(seed * 7919 + 17);
  const metadata = model.metadata as {
    readonly kind?: string;
    readonly items?: readonly string[];
    readonly features?: { readonly buckets?: number };
  } | null;
  const named = (name: string) => model.inputs.some((input) => input.name === name);
  if (metadata?.kind === 'recommender' && metadata.items && named('items') && named('weights')) {
    const data = distinct(20, metadata.items.length, next);
    const weights = Float32Array.from(data, (_, i) => Math.exp(-i / 4));
    return {
      items: { type: 'int64', dims: [data.length], data },
      weights: { type: 'float', dims: [data.length], data: weights },
    };
  }
  const buckets = metadata?.features?.buckets;
  if (metadata?.kind === 'classifier' && buckets && named('feature_ids')) {
    const data = distinct(90, buckets, next);
    const weights = new Float32Array(data.length).fill(1);
    return {
      feature_ids: { type: 'int64', dims: [data.length], data },
      feature_weights: { type: 'float', dims: [data.length], data: weights },
    };
  }
  return Object.fromEntries(model.inputs.map((info) => [info.name, filled(info, open, next)]));
}

/** "items int64 [20], weights float [20]". */
export function described(inputs: Inputs): string {
  return Object.entries(inputs)
    .map(([name, { type, dims }]) => `${name} ${type} [${dims.join(', ')}]`)
    .join(', ');
}
