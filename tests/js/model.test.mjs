// Any ONNX model through `loadModel`: tensors in and out, and messages for what does not fit.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { InputError, LoadError, loadModel, ModelError, StateError } from 'storewise';
import { onnxModel, tensor } from './support/onnx.mjs';
import { serve } from './support/server.mjs';
import { recommenderModel } from './support/shop.mjs';
import { engineWasm, ofAnotherVersion, trapping } from './support/wasm.mjs';

// y = x * 2, z = x + ids (as float); x float[n, 3], ids int64[3].
const arithmetic = () =>
  onnxModel({
    inputs: [
      ['x', 'float', ['n', 3]],
      ['ids', 'int64', [3]],
    ],
    outputs: [
      ['y', 'float', ['n', 3]],
      ['z', 'float', ['n', 3]],
      ['doubled', 'int64', [3]],
    ],
    initializers: [tensor('two', 'float', [], new Float32Array([2]))],
    nodes: [
      ['Mul', ['x', 'two'], ['y']],
      ['Cast', ['ids'], ['numbers'], { to: 1 }],
      ['Add', ['x', 'numbers'], ['z']],
      ['Add', ['ids', 'ids'], ['doubled']],
    ],
    metadata: { version: 1, kind: 'arithmetic', note: '三' },
  });

describe('a model', () => {
  let model;
  before(async () => {
    model = await loadModel(arithmetic(), { name: 'arithmetic.onnx' });
  });
  after(() => model.dispose());

  test('tells its inputs, outputs and metadata', () => {
    assert.deepEqual(model.inputs, [
      { name: 'x', type: 'float', shape: [-1, 3] },
      { name: 'ids', type: 'int64', shape: [3] },
    ]);
    assert.deepEqual(
      model.outputs.map(({ name, type }) => [name, type]),
      [
        ['y', 'float'],
        ['z', 'float'],
        ['doubled', 'int64'],
      ],
    );
    assert.deepEqual(model.metadata, { version: 1, kind: 'arithmetic', note: '三' });
    assert.equal(model.description.opset, 17);
    assert.equal(model.description.operators.Add, 2);
    assert.equal(model.description.bytes, arithmetic().byteLength);
  });

  test('computes on every element type it is given', () => {
    const { y, z, doubled } = model.run({
      x: { data: new Float32Array([1, 2, 3, 4, 5, 6]), dims: [2, 3] },
      ids: new BigInt64Array([10n, 20n, -30n]),
    });
    assert.deepEqual(y, {
      type: 'float',
      dims: [2, 3],
      data: new Float32Array([2, 4, 6, 8, 10, 12]),
    });
    assert.deepEqual(z.data, new Float32Array([11, 22, -27, 14, 25, -24]));
    assert.deepEqual(doubled, {
      type: 'int64',
      dims: [3],
      data: new BigInt64Array([20n, 40n, -60n]),
    });
  });

  test('infers the one open size, and converts plain numbers', () => {
    const { y, doubled } = model.run({ x: [1, 2, 3], ids: [1, 2, 2 ** 40] });
    assert.deepEqual(y.dims, [1, 3]);
    assert.deepEqual([...doubled.data], [2n, 4n, 2n ** 41n]);
    const typed = { type: 'float', data: new Float32Array(9) };
    assert.deepEqual(model.run({ x: typed, ids: [0, 0, 0] }).y.dims, [3, 3]);
  });

  test('takes an empty tensor and a view into a larger buffer', () => {
    const big = new Float32Array([9, 9, 1, 2, 3, 9]);
    const { y } = model.run({ x: big.subarray(2, 5), ids: [0, 0, 0] });
    assert.deepEqual([...y.data], [2, 4, 6]);
    const none = model.run({ x: { data: new Float32Array(), dims: [0, 3] }, ids: [0, 0, 0] });
    assert.deepEqual(none.y.dims, [0, 3]);
  });

  test('outputs are copies: a later run does not change them', () => {
    const first = model.run({ x: [1, 2, 3], ids: [0, 0, 0] });
    model.run({ x: [7, 8, 9], ids: [0, 0, 0] });
    assert.deepEqual([...first.y.data], [2, 4, 6]);
    first.y.data.fill(0);
    assert.deepEqual([...model.run({ x: [1, 2, 3], ids: [0, 0, 0] }).y.data], [2, 4, 6]);
  });

  test('survives the growth of memory: views are renewed', () => {
    const n = 400_000;
    const x = Float32Array.from({ length: 3 * n }, (_, i) => i % 1000);
    const { y } = model.run({ x, ids: [0, 0, 0] });
    assert.deepEqual(y.dims, [n, 3]);
    assert.equal(y.data[3 * n - 1], 2 * ((3 * n - 1) % 1000));
    assert.deepEqual([...model.run({ x: [1, 2, 3], ids: [0, 0, 0] }).y.data], [2, 4, 6]);
  });

  const good = { x: [1, 2, 3], ids: [1, 2, 3] };
  const mistakes = [
    ['a missing input', { x: [1, 2, 3] }, /input "ids" is missing: expected inputs named x, ids/],
    ['an unknown name', { ...good, iDs: [1] }, /no input is named "iDs"/],
    [
      'a wrong type',
      { ...good, x: new Float64Array(3) },
      /"x": expected type float in a Float32Array, found a Float64Array/,
    ],
    [
      'a named wrong type',
      { ...good, x: { type: 'double', data: [1, 2, 3] } },
      /expected type float, found type double/,
    ],
    [
      'a wrong size',
      { ...good, ids: [1, 2] },
      /"ids": expected 3 elements for shape \[3\], found 2 elements/,
    ],
    [
      'a wrong shape',
      { ...good, x: { data: [1, 2, 3, 4], dims: [2, 2] } },
      /expected shape \[\?, 3\], found shape \[2, 2\]/,
    ],
    [
      'a wrong rank',
      { ...good, x: { data: [1, 2, 3], dims: [3] } },
      /expected shape \[\?, 3\], found shape \[3\]/,
    ],
    ['an indivisible count', { ...good, x: [1, 2, 3, 4] }, /4 elements without dims/],
    ['a fraction for int64', { ...good, ids: [1, 2.5, 3] }, /whole numbers .* found 2\.5/],
    [
      'a string',
      { ...good, x: 'abc' },
      /expected a typed array, or \{ data, dims \}, found string/,
    ],
    ['null', { ...good, x: null }, /expected a typed array/],
  ];
  for (const [what, inputs, message] of mistakes) {
    test(`refuses ${what}, and works afterwards`, () => {
      assert.throws(
        () => model.run(inputs),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.equal(error.code, 'invalid-input');
          assert.match(error.message, message);
          assert.notEqual(error.expected, '');
          assert.notEqual(error.found, '');
          return true;
        },
      );
      assert.deepEqual([...model.run(good).y.data], [2, 4, 6]);
    });
  }

  test('an unknown request is refused by the engine, in words', () => {
    assert.throws(
      () => model.request({ method: 'dance' }),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /dance/);
        return true;
      },
    );
    assert.throws(() => model.classify('hello'), InputError);
  });
});

describe('loadModel', () => {
  test('a recommender ranks what follows a session', async () => {
    const model = await loadModel(recommenderModel());
    assert.deepEqual(
      model.rank(['milk'], { limit: 3 }).map(({ id }) => id),
      ['bread', 'butter', 'jam'],
    );
    const { scores } = model.run({ items: [0], weights: [1] });
    assert.equal(scores.dims[0], 9);
    assert.ok(Math.abs(scores.data[1] - 1) < 1e-3 && Math.abs(scores.data[4] - 0.25) < 1e-3);
    model.dispose();
  });

  test('loads from a URL with progress, and names a wrong file', async () => {
    const bytes = arithmetic();
    const routes = new Map([
      ['m.onnx', bytes],
      ['page.onnx', '<!doctype html>'],
    ]);
    const server = await serve(routes);
    try {
      const seen = [];
      const onProgress = (progress) => seen.push(progress);
      const model = await loadModel(`${server.url}m.onnx`, { onProgress });
      const last = seen.filter(({ file }) => file.endsWith('m.onnx')).at(-1);
      assert.deepEqual(last, {
        file: `${server.url}m.onnx`,
        loaded: bytes.length,
        total: bytes.length,
      });
      assert.ok(seen.some(({ file }) => file.endsWith('storewise-onnx.wasm')));
      assert.ok(!seen.some(({ file }) => file.endsWith('storewise.wasm')));
      model.dispose();
      await assert.rejects(loadModel(`${server.url}page.onnx`), (error) => {
        assert.ok(error instanceof LoadError);
        assert.match(error.message, /got HTML, expected an ONNX model, at/);
        return true;
      });
      await assert.rejects(loadModel(`${server.url}none.onnx`), { code: 'http-status' });
    } finally {
      await server.close();
    }
  });

  test('takes one module alone when the start of the file tells, else the right one after all', async () => {
    // The same file by another producer, who is named in its second field.
    const by = (producer, bytes) =>
      new Uint8Array([
        8,
        bytes[1],
        18,
        producer.length,
        ...Buffer.from(producer),
        ...bytes.slice(4 + bytes[3]),
      ]);
    const rows = (operator) =>
      onnxModel({
        inputs: [['x', 'float', [2]]],
        outputs: [['y', 'float', [2]]],
        initializers: [tensor('order', 'int64', [2], new BigInt64Array([1n, 0n]))],
        nodes: [
          ['Gather', ['x', 'order'], ['turned']],
          [operator, ['turned'], ['y']],
        ],
      });
    const routes = new Map([
      ['ours.onnx', by('storewise', recommenderModel())],
      ['renamed.onnx', recommenderModel()],
      ['theirs.onnx', arithmetic()],
      ['alike.onnx', by('storewise', rows('Identity'))],
      ['alike-but-more.onnx', by('storewise', rows('Erf'))],
    ]);
    const server = await serve(routes);
    const loaded = async (file) => {
      const modules = new Set();
      const onProgress = (progress) => modules.add(progress.file.replace(/^.*[/]/, ''));
      const model = await loadModel(`${server.url}${file}`, { onProgress });
      const isTask = model.metadata?.kind === 'recommender';
      if (isTask) assert.ok(model.rank([]).length > 0);
      await model.reload();
      if (isTask) assert.ok(model.rank([]).length > 0);
      model.dispose();
      modules.delete(file);
      return [...modules];
    };
    try {
      const [tasks, operators] = ['storewise.wasm', 'storewise-onnx.wasm'];
      assert.deepEqual(await loaded('ours.onnx'), [tasks]);
      assert.deepEqual(await loaded('renamed.onnx'), [operators, tasks]);
      assert.deepEqual(await loaded('theirs.onnx'), [operators]);
      assert.deepEqual(await loaded('alike.onnx'), [tasks, operators]);
      assert.deepEqual(await loaded('alike-but-more.onnx'), [tasks, operators]);
    } finally {
      await server.close();
    }
  });

  test('with sha256 no other file passes, from the cache neither', async () => {
    const bytes = arithmetic();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const other = bytes.slice();
    other[other.length - 1] ^= 1;
    let asked = 0;
    const routes = new Map([
      ['good.onnx', bytes],
      ['other.onnx', other],
      [
        'stale.onnx',
        (_request, response) => {
          asked += 1;
          response.end(asked % 2 === 1 ? other : bytes);
        },
      ],
    ]);
    const server = await serve(routes);
    const refused = (source, file) =>
      assert.rejects(loadModel(source, { sha256 }), (error) => {
        assert.ok(error instanceof LoadError, String(error));
        assert.equal(error.code, 'wrong-checksum');
        assert.equal(error.expected, sha256);
        assert.match(error.message, file);
        return true;
      });
    try {
      (await loadModel(`${server.url}good.onnx`, { sha256: sha256.toUpperCase() })).dispose();
      await refused(
        `${server.url}other.onnx`,
        /other\.onnx: expected SHA-256 .* as the option sha256 says/,
      );
      assert.equal(server.requests.filter((path) => path === 'other.onnx').length, 2);
      const stale = await loadModel(`${server.url}stale.onnx`, { sha256 });
      await stale.reload();
      assert.equal(asked, 4);
      stale.dispose();
      await refused(other, /the given bytes: expected SHA-256/);
      (await loadModel(bytes, { sha256 })).dispose();
      await assert.rejects(loadModel(bytes, { sha256: 'abc' }), (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.place, 'sha256');
        return true;
      });
    } finally {
      await server.close();
    }
  });

  test('a broken or truncated file is a ModelError that names it', async () => {
    const bytes = recommenderModel();
    for (const broken of [
      bytes.slice(0, bytes.length - 40),
      Uint8Array.of(8, 255, 3, 200),
      bytes.slice(2, 90),
    ]) {
      await assert.rejects(loadModel(broken, { name: 'broken.onnx' }), (error) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.equal(error.file, 'broken.onnx');
        assert.match(error.message, /broken\.onnx/);
        return true;
      });
    }
  });

  test('an operator that is left out is "unsupported", with its name', async () => {
    const model = onnxModel({
      inputs: [['x', 'float', [1]]],
      outputs: [['y', 'float', [1]]],
      nodes: [['NoSuchOperator', ['x'], ['y']]],
    });
    await assert.rejects(loadModel(model), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.code, 'unsupported');
      assert.match(error.message, /NoSuchOperator/);
      return true;
    });
  });

  test('an engine of another version is refused', async () => {
    const wasm = ofAnotherVersion(engineWasm());
    await assert.rejects(loadModel(arithmetic(), { wasm }), (error) => {
      assert.equal(error.code, 'wrong-version');
      assert.match(error.message, /expected C ABI 1, found C ABI 9/);
      return true;
    });
  });

  test('aborts', async () => {
    const signal = AbortSignal.abort(new Error('not now'));
    await assert.rejects(loadModel(arithmetic(), { signal }), /not now/);
  });

  test('a disposed model throws, disposing twice does not', async () => {
    const model = await loadModel(arithmetic());
    model.dispose();
    model.dispose();
    assert.throws(
      () => model.run({}),
      (error) => {
        assert.ok(error instanceof StateError);
        assert.equal(error.code, 'disposed');
        return true;
      },
    );
    assert.throws(() => model.inputs, StateError);
    await assert.rejects(model.reload(), StateError);
  });

  test('a trap marks the model dead; reload() asks for a new engine', async () => {
    const wasm = trapping(engineWasm(), 'sw_run');
    const model = await loadModel(arithmetic(), { wasm });
    const input = { x: [1, 2, 3], ids: [1, 2, 3] };
    assert.equal(model.dead, false);
    for (let i = 0; i < 2; i++) {
      assert.throws(
        () => model.run(input),
        (error) => {
          assert.ok(error instanceof StateError);
          assert.equal(error.code, 'dead');
          assert.match(error.message, /reload\(\)/);
          assert.ok(error.cause instanceof WebAssembly.RuntimeError);
          return true;
        },
      );
    }
    assert.equal(model.dead, true);
    assert.throws(() => model.request({ method: 'describe' }), { code: 'dead' });
    await model.reload();
    assert.equal(model.dead, false);
    assert.equal(model.request({ method: 'describe' }).opset, 17);
    model.dispose();
  });

  test('two hundred models can be opened and disposed, one after another', async () => {
    const bytes = recommenderModel(Array.from({ length: 20_000 }, (_, i) => `sku-${i}`));
    for (let i = 0; i < 200; i++) (await loadModel(bytes)).dispose();
  });
});
