// Models of scikit-learn and Keras, and small graphs, give the answers here that their own library
// and ONNX Runtime gave for the same rows (tests/golden/parity, made by `npm run parity`). Classes and
// words equal, floats within 1e-5 plus 1e-4 of the value, or what the golden file states with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from 'onnxruntime-web';
import { loadModel } from '../../dist/index.js';
import {
  compare,
  goldenNames,
  halfBits,
  halfValue,
  inputsOf,
  readGolden,
} from '../../models/recipes/parity/compare.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Every model that must be there and must agree. */
const kModels = `
  float16 float16-inside float16-weights
  if-branches scan-moving-average seq2seq-loop
  int4-blocks uint4-blocks
  int8-dynamic-conv int8-dynamic-matmul int8-qdq int8-qdq-per-channel int8-qoperator
  keras-attention keras-batch-norm-pooling keras-bidirectional-lstm keras-conv1d-text keras-conv2d-28
  keras-dense-activations keras-embedding-gru keras-embedding-gru-reset-before keras-embedding-lstm
  keras-gru-node keras-gru-node-reset-before keras-lstm-stacked keras-masked-gru-loop
  keras-normalisation keras-residual keras-rnn-node keras-separable keras-simple-rnn keras-upsampling
  sk-ada-boost sk-bernoulli-nb sk-binarizer
  sk-columns-forest sk-columns-logistic sk-columns-logistic-zipmap
  sk-decision-tree sk-decision-tree-names-zipmap sk-decision-tree-regressor
  sk-extra-trees sk-extra-trees-regressor sk-gaussian-nb
  sk-gradient-boosting sk-gradient-boosting-binary sk-gradient-boosting-regressor
  sk-hist-gradient-boosting sk-hist-gradient-boosting-regressor
  sk-imputer-constant sk-imputer-median sk-isolation-forest sk-kmeans
  sk-linear-regression sk-linear-regression-double sk-linear-svc
  sk-logistic-binary sk-logistic-double sk-logistic-multinomial sk-logistic-zipmap-default
  sk-max-abs-robust-scaler sk-min-max-scaler sk-mlp sk-mlp-regressor sk-mlp-tanh sk-multinomial-nb
  sk-nearest-neighbours sk-normalizer-l1 sk-normalizer-l2 sk-normalizer-max sk-nu-svc sk-nu-svr
  sk-one-class-svm sk-one-hot-drop-first sk-one-hot-integers sk-one-hot-strings sk-ordinal-strings
  sk-polynomial-features sk-random-forest sk-random-forest-binary sk-random-forest-regressor sk-ridge
  sk-sgd-hinge sk-standard-scaler sk-svc-linear-scores sk-svc-poly sk-svc-rbf sk-svc-rbf-binary
  sk-svc-sigmoid sk-svr-poly sk-svr-rbf sk-tokens-count sk-tokens-tfidf-bigrams
`
  .trim()
  .split(/\s+/);

const kOrtTypes = { float: 'float32', double: 'float64' };
const kOurTypes = { float32: 'float', float64: 'double' };

/** What ONNX Runtime Web gives for a golden's rows, as compare() takes it; no ZipMap, which is no tensor. */
async function runOnnxRuntime({ bytes, golden }) {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled',
  });
  const inputs = Object.entries(inputsOf(golden)).map(([name, { type, dims, data }]) => [
    name,
    new ort.Tensor(kOrtTypes[type] ?? type, data, dims),
  ]);
  const names = golden.outputs.onnxruntime
    .filter(({ type }) => type !== 'zipmap')
    .map(({ name }) => name);
  const results = await session.run(Object.fromEntries(inputs), names);
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { type: kOurTypes[type] ?? type, dims: [...dims], data },
    ]),
  );
}

test('every golden model is on the list of those that must agree, and every one on it is there', () => {
  assert.deepEqual(goldenNames(), [...kModels].sort());
});

for (const name of kModels) {
  test(`${name}: the same answers as the library and ONNX Runtime`, async () => {
    const { bytes, golden } = readGolden(name);
    const model = await loadModel(bytes, { name });
    try {
      assert.deepEqual(compare(golden, model.run(inputsOf(golden))).problems, []);
      // A second call finds the memory of the first.
      assert.deepEqual(compare(golden, model.run(inputsOf(golden))).problems, []);
    } finally {
      model.dispose();
    }
  });
}

test('the recorded answers are those of ONNX Runtime: its web build gives them too', async () => {
  for (const name of kModels) {
    const entry = readGolden(name);
    const outputs = await runOnnxRuntime(entry);
    const { problems } = compare(entry.golden, outputs, Object.keys(outputs));
    assert.deepEqual(problems, [], name);
  }
});

test('the comparison finds a wrong class, a wrong number, a wrong shape, a wrong type and no output', () => {
  const { golden } = readGolden('sk-decision-tree');
  const right = () =>
    Object.fromEntries(
      golden.outputs.onnxruntime.map(({ name, type, dims, data }) => [
        name,
        {
          type,
          dims: [...dims],
          data: type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
        },
      ]),
    );
  const [label, values] = golden.outputs.onnxruntime.map(({ name }) => name);
  assert.deepEqual(compare(golden, right()), {
    onnxruntime: 0,
    library: 0,
    labels: true,
    problems: [],
  });
  const wrong = [
    (outputs) => {
      outputs[label].data[3] += 1n;
    },
    (outputs) => {
      outputs[values].data[4] += 1e-3;
    },
    (outputs) => {
      outputs[values].data[4] = Number.NaN;
    },
    (outputs) => {
      outputs[values].dims.reverse();
    },
    (outputs) => {
      outputs[label].type = 'int32';
    },
    (outputs) => {
      delete outputs[label];
    },
  ];
  for (const spoil of wrong) {
    const outputs = right();
    spoil(outputs);
    assert.notDeepEqual(compare(golden, outputs).problems, [], String(spoil));
  }
  assert.throws(() => readGolden('no-such-model'), /no-such-model/);
});

test('halves are read and written by their bits', () => {
  const table = [
    [0, 0x0000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.0625, 0x2c00],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
  ];
  for (const [value, bits] of table) {
    assert.equal(halfBits(value), bits);
    assert.equal(halfValue(bits), value);
  }
  assert.equal(halfValue(0x0001), 2 ** -24);
  assert.equal(halfValue(0xfc00), Number.NEGATIVE_INFINITY);
  assert.ok(Number.isNaN(halfValue(0x7e00)));
  assert.throws(() => halfBits(0.1), /half precision/);
});
