// Models of the kinds that shops run, made for the benchmark with weights from a fixed generator, so
// that every machine times the same files. Weights are int8 behind DequantizeLinear with a scale for
// each output, as `storewise quantize` writes them, but rows of a table are gathered before they are
// dequantised: ONNX Runtime would unpack the whole table in every call otherwise. The weights are
// not trained; what the models answer means nothing.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxModel, tensor } from '../js/support/onnx.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(root, 'build/bench-models');

/** Random numbers from a seed: xorshift (Marsaglia 2003) with 32 bits, good enough for weights. */
class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** A whole number in [0, 2^32). */
  whole() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** In [0, 1). */
  share() {
    return this.whole() / 4294967296;
  }

  /** In [-range, range). */
  around(range) {
    return (this.share() * 2 - 1) * range;
  }
}

// A graph in the making. Methods add nodes and weights and return the name of what they compute.
class Graph {
  #random;
  #names = 0;
  nodes = [];
  initializers = [];

  constructor(seed) {
    this.#random = new Random(seed);
  }

  node(operator, inputs, attributes = {}, domain = '', outputs = 1) {
    const names = Array.from({ length: outputs }, () => this.#name(operator));
    this.nodes.push([operator, inputs, names, attributes, domain]);
    return outputs === 1 ? names[0] : names;
  }

  /** A node that computes the output `name` of the model. */
  output(name, operator, inputs, attributes = {}) {
    this.nodes.push([operator, inputs, [name], attributes, '']);
  }

  constant(type, dims, data) {
    const name = this.#name('constant');
    this.initializers.push(tensor(name, type, dims, data));
    return name;
  }

  list(...values) {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  number(value) {
    return this.constant('float', [], new Float32Array([value]));
  }

  floats(dims, range) {
    return this.constant(
      'float',
      dims,
      this.#floats(count(dims), () => this.#random.around(range)),
    );
  }

  filled(dims, value) {
    return this.constant('float', dims, new Float32Array(count(dims)).fill(value));
  }

  /** int8 weights with a scale for each entry of `axis`; `inputs` are summed for one output. */
  weights(dims, axis, inputs) {
    const q = this.#integers(dims);
    return this.node('DequantizeLinear', [q, this.#scales(dims[axis], inputs)], { axis });
  }

  /** The rows `ids` [n] of an int8 table [rows, size] with a scale for each row: [n, size]. */
  rows(ids, rows, size) {
    const q = this.node('Gather', [this.#integers([rows, size]), ids], { axis: 0 });
    const scales = this.node('Gather', [this.#scales(rows, 3), ids], { axis: 0 });
    return this.node('DequantizeLinear', [q, scales], { axis: 0 });
  }

  // Of such a size that the sum of `inputs` products with numbers about 1 is about 1 again.
  #scales(n, inputs) {
    const typical = Math.sqrt(3 / inputs) / 127;
    return this.constant(
      'float',
      [n],
      this.#floats(n, () => typical * (0.5 + this.#random.share())),
    );
  }

  #integers(dims) {
    const n = count(dims);
    const bytes = new Int8Array(n);
    for (let i = 0; i < n; i += 1) bytes[i] = (this.#random.whole() % 255) - 127;
    return this.constant('int8', dims, bytes);
  }

  #floats(n, number) {
    const data = new Float32Array(n);
    for (let i = 0; i < n; i += 1) data[i] = number();
    return data;
  }

  #name(stem) {
    this.#names += 1;
    return `${stem.toLowerCase()}_${this.#names}`;
  }
}

const count = (dims) => dims.reduce((product, dim) => product * dim, 1);

function topItems(graph, scores) {
  graph.nodes.push(['TopK', [scores, graph.list(20)], ['scores', 'items'], { axis: -1 }, '']);
}
const topOutputs = [
  ['scores', 'float', [1, 20]],
  ['items', 'int64', [1, 20]],
];

// GRU4Rec (Hidasi et al. 2016): the last state of a GRU over the session scores all items, whose
// weights lie in rows as PyTorch exports a layer; in the bare product below they lie in columns.
function gru4rec(items, seed) {
  const graph = new Graph(seed);
  const [size, length] = [100, 20];
  const session = graph.rows('session', items, size);
  const steps = graph.node('Reshape', [session, graph.list(length, 1, size)]);
  const w = graph.weights([1, 3 * size, size], 1, size);
  const r = graph.weights([1, 3 * size, size], 1, size);
  const bias = graph.floats([1, 6 * size], 0.1);
  const gru = graph.node(
    'GRU',
    [steps, w, r, bias],
    { hidden_size: size, linear_before_reset: 1 },
    '',
    2,
  );
  const state = graph.node('Squeeze', [gru[1], graph.list(0)]);
  const scores = [state, graph.weights([items, size], 0, size)];
  topItems(graph, graph.node('Gemm', scores, { transB: 1 }));
  return onnxModel({ ...graph, inputs: [['session', 'int64', [length]]], outputs: topOutputs });
}

// Caser (Tang and Wang 2018): convolutions over the last five items, side by side and on top of each
// other, beside a vector of the user.
function caser(seed) {
  const graph = new Graph(seed);
  const [items, users, size, length, filters] = [5000, 2000, 50, 5, 16];
  const session = graph.rows('session', items, size);
  const image = graph.node('Reshape', [session, graph.list(1, 1, length, size)]);
  const parts = [];
  for (let height = 1; height <= length; height += 1) {
    const weights = graph.weights([filters, 1, height, size], 0, height * size);
    const conv = graph.node('Conv', [image, weights, graph.floats([filters], 0.1)]);
    const pool = graph.node('MaxPool', [graph.node('Relu', [conv])], {
      kernel_shape: [length - height + 1, 1],
    });
    parts.push(graph.node('Reshape', [pool, graph.list(1, filters)]));
  }
  const vertical = graph.node('Conv', [
    image,
    graph.weights([4, 1, length, 1], 0, length),
    graph.floats([4], 0.1),
  ]);
  parts.push(graph.node('Flatten', [vertical]));
  const joined = graph.node('Concat', parts, { axis: 1 });
  const inputs = length * filters + 4 * size;
  const hidden = graph.node('Gemm', [
    joined,
    graph.weights([inputs, size], 1, inputs),
    graph.floats([size], 0.1),
  ]);
  const user = graph.rows('user', users, size);
  const both = graph.node('Concat', [graph.node('Relu', [hidden]), user], { axis: 1 });
  const scores = graph.node('Gemm', [
    both,
    graph.weights([2 * size, items], 1, 2 * size),
    graph.floats([items], 0.1),
  ]);
  topItems(graph, scores);
  return onnxModel({
    ...graph,
    inputs: [
      ['session', 'int64', [length]],
      ['user', 'int64', [1]],
    ],
    outputs: topOutputs,
  });
}

function lstmClassifier(seed) {
  const graph = new Graph(seed);
  const [words, size, hidden, length, classes] = [8000, 128, 128, 30, 20];
  const text = graph.rows('text', words, size);
  const steps = graph.node('Reshape', [text, graph.list(length, 1, size)]);
  const lstm = graph.node(
    'LSTM',
    [
      steps,
      graph.weights([1, 4 * hidden, size], 1, size),
      graph.weights([1, 4 * hidden, hidden], 1, hidden),
      graph.floats([1, 8 * hidden], 0.1),
    ],
    { hidden_size: hidden },
    '',
    2,
  );
  const state = graph.node('Squeeze', [lstm[1], graph.list(0)]);
  const scores = graph.node('Gemm', [
    state,
    graph.weights([hidden, classes], 1, hidden),
    graph.floats([classes], 0.1),
  ]);
  graph.output('probabilities', 'Softmax', [scores], { axis: -1 });
  return onnxModel({
    ...graph,
    inputs: [['text', 'int64', [length]]],
    outputs: [['probabilities', 'float', [1, classes]]],
  });
}

// The net for 28 x 28 pictures that Keras teaches with.
function pictures(seed) {
  const graph = new Graph(seed);
  const layer = (x, inputs, outputs) => {
    const weights = graph.weights([outputs, inputs, 3, 3], 0, 9 * inputs);
    const conv = graph.node('Conv', [x, weights, graph.floats([outputs], 0.1)]);
    return graph.node('MaxPool', [graph.node('Relu', [conv])], {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
  };
  const flat = graph.node('Flatten', [layer(layer('image', 1, 32), 32, 64)]);
  const dense = (x, inputs, outputs) =>
    graph.node('Gemm', [
      x,
      graph.weights([inputs, outputs], 1, inputs),
      graph.floats([outputs], 0.1),
    ]);
  const hidden = graph.node('Relu', [dense(flat, 1600, 128)]);
  graph.output('probabilities', 'Softmax', [dense(hidden, 128, 10)], { axis: -1 });
  return onnxModel({
    ...graph,
    inputs: [['image', 'float', [1, 1, 28, 28]]],
    outputs: [['probabilities', 'float', [1, 10]]],
  });
}

// Grows trees as a forest of scikit-learn looks when skl2onnx has written it: every leaf has a
// share for each class.
function forest(seed) {
  const random = new Random(seed);
  const [trees, depth, features, classes] = [100, 10, 20, 3];
  const nodes = { tree: [], id: [], feature: [], value: [], mode: [], yes: [], no: [] };
  const leaves = { tree: [], id: [], class: [], weight: [] };
  for (let tree = 0; tree < trees; tree += 1) {
    let next = 0;
    const grow = (level) => {
      const id = next;
      next += 1;
      const at = nodes.id.length;
      const isLeaf = level === depth || (level >= 6 && random.share() < 0.25);
      nodes.tree.push(tree);
      nodes.id.push(id);
      nodes.feature.push(isLeaf ? 0 : random.whole() % features);
      nodes.value.push(isLeaf ? 0 : random.around(0.8));
      nodes.mode.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      nodes.yes.push(0);
      nodes.no.push(0);
      if (isLeaf) {
        const shares = Array.from({ length: classes }, () => random.share());
        const sum = shares.reduce((a, b) => a + b, 0);
        shares.forEach((share, index) => {
          leaves.tree.push(tree);
          leaves.id.push(id);
          leaves.class.push(index);
          leaves.weight.push(share / sum / trees);
        });
      } else {
        nodes.yes[at] = grow(level + 1);
        nodes.no[at] = grow(level + 1);
      }
      return id;
    };
    grow(0);
  }
  const attributes = {
    nodes_treeids: nodes.tree,
    nodes_nodeids: nodes.id,
    nodes_featureids: nodes.feature,
    nodes_values: Float32Array.from(nodes.value),
    nodes_modes: nodes.mode,
    nodes_truenodeids: nodes.yes,
    nodes_falsenodeids: nodes.no,
    class_treeids: leaves.tree,
    class_nodeids: leaves.id,
    class_ids: leaves.class,
    class_weights: Float32Array.from(leaves.weight),
    classlabels_int64s: [0, 1, 2],
    post_transform: 'NONE',
  };
  return rowsClassifier('TreeEnsembleClassifier', attributes, features, classes);
}

function supportVectors(seed) {
  const random = new Random(seed);
  const [vectors, features] = [500, 20];
  const floats = (n, range) => Float32Array.from({ length: n }, () => random.around(range));
  const attributes = {
    kernel_type: 'RBF',
    kernel_params: Float32Array.of(1 / features, 0, 3),
    support_vectors: floats(vectors * features, 1),
    coefficients: floats(vectors, 1),
    rho: Float32Array.of(0.1),
    vectors_per_class: [vectors / 2, vectors / 2],
    classlabels_ints: [0, 1],
    post_transform: 'NONE',
  };
  return rowsClassifier('SVMClassifier', attributes, features, 2);
}

function rowsClassifier(operator, attributes, features, classes) {
  return onnxModel({
    nodes: [[operator, ['rows'], ['label', 'scores'], attributes, 'ai.onnx.ml']],
    inputs: [['rows', 'float', ['n', features]]],
    outputs: [
      ['label', 'int64', ['n']],
      ['scores', 'float', ['n', classes]],
    ],
  });
}

// A sentence encoder: six layers as in BERT, Gelu spelled out with Erf, the mean of the positions.
function transformer(seed) {
  const graph = new Graph(seed);
  const [words, length, size, heads, inner, layers] = [8000, 64, 384, 12, 1536, 6];
  const dense = (x, inputs, outputs) => {
    const product = graph.node('MatMul', [x, graph.weights([inputs, outputs], 1, inputs)]);
    return graph.node('Add', [product, graph.floats([outputs], 0.1)]);
  };
  const normalise = (x) =>
    graph.node('LayerNormalization', [x, graph.filled([size], 1), graph.floats([size], 0.1)], {
      axis: -1,
      epsilon: 1e-12,
    });
  const split = (x, perm) =>
    graph.node('Transpose', [graph.node('Reshape', [x, graph.list(1, length, heads, 32)])], {
      perm,
    });
  const positions = graph.floats([length, size], 1);
  const text = graph.node('Add', [graph.rows('text', words, size), positions]);
  let x = normalise(graph.node('Unsqueeze', [text, graph.list(0)]));
  for (let layer = 0; layer < layers; layer += 1) {
    const q = split(dense(x, size, size), [0, 2, 1, 3]);
    const k = split(dense(x, size, size), [0, 2, 3, 1]);
    const v = split(dense(x, size, size), [0, 2, 1, 3]);
    const scores = graph.node('Div', [
      graph.node('MatMul', [q, k]),
      graph.number(Math.sqrt(size / heads)),
    ]);
    const attention = graph.node('Softmax', [scores], { axis: -1 });
    const mixed = graph.node('Transpose', [graph.node('MatMul', [attention, v])], {
      perm: [0, 2, 1, 3],
    });
    const joined = graph.node('Reshape', [mixed, graph.list(1, length, size)]);
    x = normalise(graph.node('Add', [dense(joined, size, size), x]));
    const wide = dense(x, size, inner);
    const erf = graph.node('Erf', [graph.node('Div', [wide, graph.number(Math.SQRT2)])]);
    const half = graph.node('Mul', [wide, graph.node('Add', [erf, graph.number(1)])]);
    const gelu = graph.node('Mul', [half, graph.number(0.5)]);
    x = normalise(graph.node('Add', [dense(gelu, inner, size), x]));
  }
  graph.output('sentence', 'ReduceMean', [x], { axes: [1], keepdims: 0 });
  return onnxModel({
    ...graph,
    inputs: [['text', 'int64', [length]]],
    outputs: [['sentence', 'float', [1, size]]],
  });
}

// Nothing but the product with the largest table.
function product(seed) {
  const graph = new Graph(seed);
  graph.output('y', 'MatMul', ['x', graph.weights([100, 100000], 1, 100)]);
  return onnxModel({
    ...graph,
    inputs: [['x', 'float', [1, 100]]],
    outputs: [['y', 'float', [1, 100000]]],
  });
}

const session = (items, length) => ({ session: { type: 'int64', dims: [length], below: items } });
const text = (length) => ({ text: { type: 'int64', dims: [length], below: 8000 } });
const rows = (n) => ({ rows: { type: 'float32', dims: [n, 20] } });
// Multiplications with int8 weights in one call of a GRU4Rec.
const gruProducts = (items) => 20 * 2 * 300 * 100 + 100 * items;

// `products` counts the multiplications with int8 weights in one call, `largest` the bytes of the
// largest weights among them; `file` is shared by models that differ in their inputs only.
const kMade = [
  {
    name: 'int8 product, 100 x 100,000',
    file: 'product',
    make: () => product(1),
    inputs: { x: { type: 'float32', dims: [1, 100] } },
    products: 100 * 100000,
    largest: 100 * 100000,
  },
  {
    name: 'GRU4Rec(100), 5,000 items',
    file: 'gru4rec-5k',
    make: () => gru4rec(5000, 2),
    inputs: session(5000, 20),
    products: gruProducts(5000),
    largest: 100 * 5000,
  },
  {
    name: 'GRU4Rec(100), 100,000 items',
    file: 'gru4rec-100k',
    make: () => gru4rec(100000, 3),
    inputs: session(100000, 20),
    products: gruProducts(100000),
    largest: 100 * 100000,
  },
  {
    name: 'Caser, 5,000 items',
    file: 'caser',
    make: () => caser(4),
    inputs: { ...session(5000, 5), user: { type: 'int64', dims: [1], below: 2000 } },
    products: 16 * 50 * (5 + 8 + 9 + 8 + 5) + 4 * 5 * 50 + 280 * 50 + 100 * 5000,
    largest: 100 * 5000,
  },
  {
    name: 'Embedding + LSTM(128)',
    file: 'lstm',
    make: () => lstmClassifier(5),
    inputs: text(30),
    products: 30 * 2 * 512 * 128 + 128 * 20,
    largest: 512 * 128,
  },
  {
    name: 'Conv2D net, 28 x 28',
    file: 'pictures',
    make: () => pictures(6),
    inputs: { image: { type: 'float32', dims: [1, 1, 28, 28] } },
    products: 26 * 26 * 32 * 9 + 11 * 11 * 64 * 32 * 9 + 1600 * 128 + 1280,
    largest: 1600 * 128,
  },
  { name: 'random forest, 1 row', file: 'forest', make: () => forest(7), inputs: rows(1) },
  { name: 'random forest, 1,000 rows', file: 'forest', make: () => forest(7), inputs: rows(1000) },
  { name: 'SVM (rbf), 1 row', file: 'svm', make: () => supportVectors(8), inputs: rows(1) },
  {
    name: 'SVM (rbf), 1,000 rows',
    file: 'svm',
    make: () => supportVectors(8),
    inputs: rows(1000),
  },
  {
    name: 'transformer, 6 layers of 384',
    file: 'transformer',
    make: () => transformer(9),
    inputs: text(64),
    products: 64 * 6 * (4 * 384 * 384 + 2 * 384 * 1536),
    largest: 384 * 1536,
  },
];

/**
 * { name, path, inputs, products?, largest? } for each made model whose name `wanted` says yes to. The files
 * are kept in build/bench-models until this recipe changes.
 */
export function madeModels(wanted = () => true) {
  const recipe = createHash('sha256');
  for (const url of ['models.mjs', '../js/support/onnx.mjs']) {
    recipe.update(readFileSync(new URL(url, import.meta.url)));
  }
  const suffix = `-${recipe.digest('hex').slice(0, 12)}.onnx`;
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) {
    if (!old.endsWith(suffix)) rmSync(path.join(folder, old));
  }
  return kMade
    .filter(({ name }) => wanted(name))
    .map(({ file, make, ...model }) => {
      const target = path.join(folder, file + suffix);
      if (!existsSync(target)) {
        writeFileSync(`${target}.part`, make());
        renameSync(`${target}.part`, target);
      }
      return { ...model, path: target };
    });
}
