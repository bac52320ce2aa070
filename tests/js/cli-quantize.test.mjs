// `storewise quantize` and `storewise inspect` on models that storewise did not make: what becomes
// int8, what ONNX Runtime makes of the result, and that calibration keeps what int8 would spoil.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-web';
import {
  cliModule,
  file,
  program,
  root,
  storewise,
  storewiseJson,
  temporaryFolder,
} from './cli-helpers.mjs';
import { onnxModel, tensor } from './support/onnx.mjs';
import { openTrainer } from './support/trainer.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);
const parity = path.join(root, 'tests/golden/parity');
let writeNpz;

before(async () => {
  ({ writeNpz } = await cliModule('npy'));
});

function numbers(count, seed, scale = 1) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 1073741823.5 - 1) * scale;
  });
}

/** x [n, 16] -> MatMul -> Add -> Relu -> Gemm -> y [n, 12]; `first` is the first weight. */
function network(first = numbers(16 * 32, 1)) {
  return onnxModel({
    inputs: [['x', 'float', ['n', 16]]],
    outputs: [['y', 'float', ['n', 12]]],
    initializers: [
      tensor('first', 'float', [16, 32], first),
      tensor('bias', 'float', [32], numbers(32, 2)),
      tensor('second', 'float', [12, 32], numbers(12 * 32, 3)),
    ],
    nodes: [
      ['MatMul', ['x', 'first'], ['h0']],
      ['Add', ['h0', 'bias'], ['h1']],
      ['Gemm', ['h1', 'second'], ['y'], { transB: 1 }],
    ],
  });
}

const kOrt = {
  float: ['float32', Float32Array],
  double: ['float64', Float64Array],
  int32: ['int32', Int32Array],
  int64: ['int64', BigInt64Array],
};

async function inOnnxRuntime(bytes, inputs) {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    inputs.map(({ name, type, dims, data }) => {
      const [kind, array] = kOrt[type];
      const values = type === 'int64' ? Array.from(data, BigInt) : data;
      return [name, new ort.Tensor(kind, array.from(values), dims)];
    }),
  );
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

/** The largest difference in any output, as a share of that output's largest magnitude. */
function difference(before, after) {
  return Math.max(
    ...Object.keys(before).map((name) => {
      const old = Array.from(before[name].data, Number);
      const now = Array.from(after[name].data, Number);
      assert.equal(now.length, old.length);
      const magnitude = Math.max(...old.map(Math.abs));
      return Math.max(...old.map((value, i) => Math.abs(value - now[i]))) / magnitude;
    }),
  );
}

describe('a small network', () => {
  test('becomes int8, says what it did, and runs in ONNX Runtime as well', async () => {
    const input = file(folder, 'net.onnx', network());
    const { status, value, stderr } = await storewiseJson(['quantize', input, at('net8.onnx')]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      value.quantised.map(({ name, elements, axis }) => ({ name, elements, axis })),
      [
        { name: 'first', elements: 512, axis: 1 },
        { name: 'second', elements: 384, axis: 0 },
      ],
    );
    assert.deepEqual(
      value.left.map(({ name, reason }) => ({ name, reason })),
      [{ name: 'bias', reason: 'read by Add, not as a weight' }],
    );
    const bytes = readFileSync(at('net8.onnx'));
    assert.equal(value.bytes_before, readFileSync(input).length);
    assert.equal(value.bytes_after, bytes.length);
    assert.ok(value.bytes_after < value.bytes_before / 2);
    assert.match(value.measured_on, /random numbers/);
    assert.ok(value.relative_difference > 0 && value.relative_difference < 0.02);
    const x = [{ name: 'x', type: 'float', dims: [5, 16], data: numbers(80, 9) }];
    const apart = difference(await inOnnxRuntime(network(), x), await inOnnxRuntime(bytes, x));
    assert.ok(apart > 0 && apart < 0.02, `${apart}`);
    // The file says itself what was done: a second time there is nothing to do.
    const again = await storewise(['quantize', at('net8.onnx'), at('net88.onnx')]);
    assert.match(again.stdout, /Nothing to do: 2 tensors of 8 or 4 bits are there already/);
    assert.deepEqual(readFileSync(at('net88.onnx')), bytes);
  });

  test('with calibration, keeps float what int8 would spoil, and says why', async () => {
    // One input that is always 0 has weights so large that int8 leaves nothing of the others.
    const first = numbers(16 * 32, 1, 0.01);
    first.fill(1000, 0, 32);
    const input = file(folder, 'spoilt.onnx', network(first));
    const x = numbers(6 * 3 * 16, 5);
    for (let row = 0; row < 18; ++row) x[row * 16] = 0;
    const samples = file(
      folder,
      'samples.npz',
      writeNpz(new Map([['x', { type: 'float', dims: [6, 3, 16], data: x }]])),
    );
    const args = ['quantize', input, at('kept.onnx'), '--calibration', samples];
    const { value, stderr } = await storewiseJson(args);
    assert.deepEqual(
      value.quantised.map(({ name }) => name),
      ['second'],
      stderr,
    );
    assert.ok(value.quantised[0].alone < 0.02);
    const { reason } = value.left.find(({ name }) => name === 'first');
    assert.match(reason, /^alone it moves the outputs by \d+(\.\d+)? %$/);
    assert.ok(value.relative_difference <= 0.02);
    assert.match(value.measured_on, /^6 samples of .*samples\.npz$/);
    // A tolerance that allows anything allows this.
    const anything = await storewiseJson([...args, '--tolerance', '1']);
    assert.equal(anything.value.quantised.length, 2);
    // A tolerance that allows nothing leaves everything, and the file as it was.
    const strict = await storewiseJson([...args, '--tolerance', '0.000001']);
    assert.deepEqual(strict.value.quantised, []);
    assert.equal(strict.value.relative_difference, 0);
    assert.deepEqual(readFileSync(at('kept.onnx')), readFileSync(input));
  });

  test('leaves what --leave names, and tells people what it tells programs', async () => {
    const input = file(folder, 'net.onnx', network());
    const { stdout } = await storewise(['quantize', input, at('o.onnx'), '--leave', 'first']);
    assert.match(stdout, /net\.onnx: .* KB -> .* KB \(\d+ %\)/);
    assert.match(stdout, /int8: 1 weight\n {4}second {2}\[12, 32\] {2}Gemm/);
    assert.match(stdout, /first: left by --leave/);
    assert.match(stdout, /Largest output difference: .* \(8 samples of random numbers\)/);
    const wrong = await storewiseJson(['quantize', input, at('o.onnx'), '--leave', 'third']);
    assert.equal(wrong.status, 1);
    assert.match(wrong.value.error.message, /no such weight.*third/);
  });

  test('wrong calibration is told by file, input, expected and found', async () => {
    const input = file(folder, 'net.onnx', network());
    const with_ = (name, dims) =>
      file(
        folder,
        'wrong.npz',
        writeNpz(new Map([[name, { type: 'float', dims, data: numbers(32, 1) }]])),
      );
    for (const [name, dims, message] of [
      ['z', [2, 16], /wrong\.npz: arrays are missing.*expected x; found z/],
      ['x', [4, 8], /wrong\.npz, x: .*expected \[\?, 16\], or one axis more.*found \[4, 8\]/],
    ]) {
      const args = ['quantize', input, at('o.onnx'), '--calibration', with_(name, dims)];
      const { status, value } = await storewiseJson(args);
      assert.equal(status, 1);
      assert.match(value.error.message, message);
    }
    const usage = await storewiseJson(['quantize', input, at('o.onnx'), '--tolerance', '2']);
    assert.equal(usage.status, 2);
    const absent = await storewiseJson(['quantize', at('absent.onnx'), at('o.onnx')]);
    assert.match(absent.value.error.message, /absent\.onnx: there is no such file/);
    const text = file(folder, 'text.onnx', 'no model');
    const damaged = await storewiseJson(['quantize', text, at('o.onnx')]);
    assert.equal(damaged.value.error.code, 'invalid-model');
    assert.match(damaged.value.error.message, /text\.onnx: .*an ONNX file/);
  });
});

test('a table for Gather is quantised by rows; whole-number inputs are not guessed', async () => {
  const model = onnxModel({
    inputs: [['ids', 'int64', ['n']]],
    outputs: [['rows', 'float', ['n', 24]]],
    initializers: [tensor('table', 'float', [50, 24], numbers(1200, 6))],
    nodes: [['Gather', ['table', 'ids'], ['rows']]],
  });
  const input = file(folder, 'table.onnx', model);
  const { value } = await storewiseJson(['quantize', input, at('table8.onnx')]);
  assert.equal(value.quantised[0].axis, 0);
  assert.equal(value.max_difference, null);
  assert.match(value.not_measured, /input "ids" is int64/);
  const ids = { type: 'int64', dims: [4], data: BigInt64Array.of(0n, 7n, 49n, 7n) };
  const samples = file(folder, 'ids.npz', writeNpz(new Map([['ids', ids]])));
  const args = ['quantize', input, at('table8.onnx'), '--calibration', samples];
  const measured = (await storewiseJson(args)).value;
  assert.ok(measured.relative_difference > 0 && measured.relative_difference < 0.01);
});

// Models from Keras and others, with inputs: small goldens that `npm run parity` makes.
for (const [name, operators] of [
  ['keras-conv2d-28', ['Conv', 'MatMul']],
  ['keras-conv1d-text', ['Conv']],
  ['keras-bidirectional-lstm', ['LSTM']],
  ['keras-embedding-lstm', ['LSTM']],
  ['keras-attention', ['Gather', 'MatMul']],
  ['seq2seq-loop', ['GRU']],
]) {
  test(`${name}: int8 weights give nearly the same in ONNX Runtime`, async () => {
    const input = path.join(parity, name, 'model.onnx');
    assert.ok(existsSync(input), input);
    const out = at(`${name}.onnx`);
    const { status, value } = await storewiseJson(['quantize', input, out]);
    assert.equal(status, 0, value.error?.message);
    const found = new Set(value.quantised.flatMap((weight) => weight.operators.split(', ')));
    for (const operator of operators) assert.ok(found.has(operator), operator);
    assert.ok(value.bytes_after < value.bytes_before);
    const { inputs } = JSON.parse(readFileSync(path.join(parity, name, 'golden.json'), 'utf8'));
    const before = await inOnnxRuntime(readFileSync(input), inputs);
    const apart = difference(before, await inOnnxRuntime(readFileSync(out), inputs));
    assert.ok(apart > 0 && apart < 0.02, `${apart}`);
  });
}

/** The trainer module itself, for an option that the command does not have. */
async function quantizedAll(model) {
  const wasmFile = path.join(path.dirname(path.dirname(program)), 'storewise-train.wasm');
  const { wasm, put, taken } = await openTrainer({ file: wasmFile });
  const options = Buffer.from('{"least_saving":1}');
  const status = wasm.swt_quantize_model(put(options), options.length, put(model), model.length);
  const { model: bytes, report } = taken(status);
  return { bytes: Uint8Array.from(bytes), report: JSON.parse(report) };
}

// Keras writes its cells as a Loop whose variables carry the weights, read in parts by Slice.
for (const [name, count] of [
  ['keras-embedding-gru', 2],
  ['keras-embedding-gru-reset-before', 2],
]) {
  test(`${name}: weights that a Loop reads are found`, async () => {
    const model = readFileSync(path.join(parity, name, 'model.onnx'));
    const { bytes, report } = await quantizedAll(model);
    const inLoop = report.quantised.filter(({ operators }) => operators.includes('Loop'));
    assert.equal(inLoop.length, count);
    for (const { axis } of inLoop) assert.equal(axis, 1);
    const { inputs } = JSON.parse(readFileSync(path.join(parity, name, 'golden.json'), 'utf8'));
    const before = await inOnnxRuntime(model, inputs);
    const apart = difference(before, await inOnnxRuntime(bytes, inputs));
    assert.ok(apart > 0 && apart < 0.02, `${apart}`);
  });
}

describe('inspect', () => {
  test('tells sizes, what runs, and every node in the way of a model that does not', async () => {
    const good = file(folder, 'net.onnx', network());
    const { value } = await storewiseJson(['inspect', good]);
    assert.equal(value.runs, true);
    assert.equal(value.refused, null);
    assert.deepEqual(value.operators, { Add: 1, Gemm: 1, MatMul: 1 });
    assert.deepEqual(value.inputs, [{ name: 'x', type: 'float', shape: ['n', 16] }]);
    assert.deepEqual(
      value.tensors.map(({ name, bytes }) => [name, bytes]),
      [
        ['first', 2048],
        ['second', 1536],
        ['bias', 128],
      ],
    );
    assert.deepEqual(value.types, { float: { tensors: 3, bytes: 3712 } });

    const model = onnxModel({
      inputs: [['x', 'float', ['n']]],
      outputs: [['y', 'float', ['n']]],
      initializers: [],
      nodes: [
        ['Bernoulli', ['x'], ['a']],
        ['Bernoulli', ['a'], ['b']],
        ['MelWeightMatrix', ['b'], ['y']],
      ],
    });
    const bad = file(folder, 'bad.onnx', model);
    const refused = (await storewiseJson(['inspect', bad])).value;
    assert.equal(refused.runs, false);
    assert.match(refused.refused, /Bernoulli/);
    assert.deepEqual(
      refused.unsupported.map(({ operator, node }) => [operator, node]),
      [
        ['Bernoulli', 'Bernoulli_a'],
        ['Bernoulli', 'Bernoulli_b'],
        ['MelWeightMatrix', 'MelWeightMatrix_y'],
      ],
    );
    const { stdout } = await storewise(['inspect', bad]);
    assert.match(stdout, /Bernoulli: not among the engine's operators \(2 nodes: /);
    assert.match(stdout, /MelWeightMatrix: .* \(1 node: MelWeightMatrix_y\)/);
  });
});
