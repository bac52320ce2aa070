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

// Cells of a table model's columns: numbers evenly over the range that was learnt from and a tenth of
// it beyond, levels evenly, and one cell in sixteen that is missing or a level nobody knows.
function rowsFor(columns, rows, next) {
  const share = () => next(1 << 20) / (1 << 20);
  const cell = ({ kind, least = 0, most = 1, whole, levels = [] }) => {
    const odd = next(16) === 0;
    if (kind === 'category') return odd ? ['', 'unheard of'][next(2)] : levels[next(levels.length)];
    if (odd) return Number.NaN;
    if (kind === 'boolean') return next(2);
    const value = least + (1.2 * share() - 0.1) * (most - least);
    return whole ? Math.round(value) : value;
  };
  return Object.fromEntries(
    columns.map((column) => {
      const cells = Array.from({ length: rows }, () => cell(column));
      const dims = [rows, 1];
      return [
        column.input,
        column.kind === 'category'
          ? { type: 'string', dims, data: cells }
          : { type: 'float32', dims, data: Float32Array.from(cells) },
      ];
    }),
  );
}

// Words that questions have, one that none has, and nothing.
const kWords = ['where', 'is', 'my', 'order', 'the', 'milk', 'return', 'xyzzy', ''];

// What the networks take, and models of customers and of other makers: by the kind of model.
const networks = {
  customers: ({ features, categories }, rows, next) => ({
    visitor: numbers([rows, features.length], () => next(400)),
    bought: numbers([categories.length], () => next(2)),
  }),
  session: ({ items, length }, rows, next) => ({
    items: {
      type: 'int64',
      dims: [rows, length],
      data: BigInt64Array.from({ length: rows * length }, () => BigInt(next(items.length + 1))),
    },
  }),
  picture: ({ side, ink }, rows, next) => ({
    pixels: numbers([rows, side, side, 1], () => next(ink + 1)),
  }),
  text: ({ length }, rows, next) => ({ words: words([rows, length], kWords, next) }),
  lstm: (_, rows, next) => ({ words: words([rows, 9], kWords, next) }),
  columns: ({ numbers: named, words: texts }, rows, next) => ({
    numbers: numbers([rows, named.length], () => next(64) / 4),
    ...(texts.length > 0 && {
      words: words([rows, texts.length], ['New_Visitor', 'Returning_Visitor', 'Other', ''], next),
    }),
  }),
};

const sizeOf = (dims) => dims.reduce((product, dim) => product * dim, 1);

function numbers(dims, next) {
  return { type: 'float32', dims, data: Float32Array.from({ length: sizeOf(dims) }, next) };
}

function words(dims, known, next) {
  const data = Array.from({ length: sizeOf(dims) }, () => known[next(known.length)]);
  return { type: 'string', dims, data };
}

/**
 * { name: { type, dims, data } } for a model of ours or of a recipe: one basket or question for a
 * recommender and a text classifier, `rows` rows for the others. Throws for other models.
 */
export function inputsFor(metadata, seed = 1, rows = 1) {
  const next = generator(seed + 7);
  if (Array.isArray(metadata.columns)) return rowsFor(metadata.columns, rows, next);
  if (Object.hasOwn(networks, metadata.kind)) return networks[metadata.kind](metadata, rows, next);
  if (metadata.kind === 'recommender') {
    const n = 20;
    const items = BigInt64Array.from({ length: n }, () => BigInt(next(metadata.items.length)));
    const weights = Float32Array.from({ length: n }, (_, i) => Math.exp(-i / 4));
    return {
      items: { type: 'int64', dims: [n], data: items },
      weights: { type: 'float32', dims: [n], data: weights },
    };
  }
  if (metadata.kind === 'intents') {
    // Counts and seconds of a visit, as many small ones as large ones.
    const each = metadata.features.length;
    const data = Float32Array.from({ length: rows * each }, () => 2 ** next(11) - 1);
    return { visit: { type: 'float32', dims: [rows, each], data } };
  }
  if (!(metadata.features?.buckets > 90)) {
    throw new Error(`no inputs are known for a model of kind ${metadata.kind}`);
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
    const length = sizeOf(dims);
    const data =
      type === 'int64'
        ? BigInt64Array.from({ length }, () => BigInt(next(below)))
        : Float32Array.from({ length }, () => next(1 << 20) / (1 << 19) - 1);
    inputs[name] = { type, dims, data };
  }
  return inputs;
}
