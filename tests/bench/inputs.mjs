// Inputs for the models of the benchmark, the same for both engines: made from a shipped model's own
// description, or from what a made model says of its inputs. Runs in Node and, served as a module, in
// a page.

/** A small generator (Lehmer, Park and Miller 1988) so that every run and both engines see the same. */
export function generator(seed) {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/** { name: { type, dims, data } } for a recommender or a text classifier of ours. */
export function inputsFor(metadata, seed = 1) {
  const next = generator(seed + 7);
  if (metadata.kind === 'recommender') {
    const n = 20;
    const items = BigInt64Array.from({ length: n }, () => BigInt(next(metadata.items.length)));
    const weights = Float32Array.from({ length: n }, (_, i) => Math.exp(-i / 4));
    return {
      items: { type: 'int64', dims: [n], data: items },
      weights: { type: 'float32', dims: [n], data: weights },
    };
  }
  const m = 90;
  const ids = new Set();
  while (ids.size < m) ids.add(next(metadata.features.buckets));
  return {
    feature_ids: {
      type: 'int64',
      dims: [m],
      data: BigInt64Array.from(
        [...ids].sort((a, b) => a - b),
        BigInt,
      ),
    },
    feature_weights: { type: 'float32', dims: [m], data: new Float32Array(m).fill(1) },
  };
}

/**
 * { name: { type, dims, data } } for { name: { type, dims, below } }: whole numbers in [0, below)
 * where the type is int64, else numbers in [-1, 1).
 */
export function inputsFrom(specs, seed = 1) {
  const next = generator(seed + 7);
  const inputs = {};
  for (const [name, { type, dims, below }] of Object.entries(specs)) {
    const length = dims.reduce((product, dim) => product * dim, 1);
    const data =
      type === 'int64'
        ? BigInt64Array.from({ length }, () => BigInt(next(below)))
        : Float32Array.from({ length }, () => next(1 << 20) / (1 << 19) - 1);
    inputs[name] = { type, dims, data };
  }
  return inputs;
}
