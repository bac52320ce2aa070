// Models on ONNX Runtime Web behind the interface of `loadModel`: the same outputs as from our own
// engine, the choice that `auto` makes and explains, and errors in the package's own words.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';
import { InputError, LoadError, loadModel, ModelError, StateError } from 'storewise';
import { loadModel as loadInline } from 'storewise/inline';
import { loadModel as loadOnnxRuntime } from 'storewise/onnxruntime';
import { generator, inputsFor } from '../bench/inputs.mjs';
import { onnxModel, tensor } from './support/onnx.mjs';
import { serve } from './support/server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shipped = ['recommender', 'classifier'].map((name) => ({
  name: `${name}.onnx`,
  bytes: new Uint8Array(readFileSync(path.join(root, `models/demo-shop/${name}.onnx`))),
}));

// y = Det(x): an operator that no shop's model has, and that this engine leaves out.
const determinant = () =>
  onnxModel({
    inputs: [['x', 'float', ['n', 2, 2]]],
    outputs: [['y', 'float', ['n']]],
    nodes: [['Det', ['x'], ['y']]],
    metadata: { version: 1, kind: 'determinant', note: '行列式' },
  });

const twoMatrices = { data: [3, 2, 0, 4, 2, 0, 0, 5], dims: [2, 2, 2] };

// y = 2 x, and ids and a bool go through.
const passing = () =>
  onnxModel({
    inputs: [
      ['x', 'float', ['n', 3]],
      ['ids', 'int64', [3]],
      ['flags', 'bool', [2]],
      ['d', 'double', [1]],
    ],
    outputs: [
      ['y', 'float', ['n', 3]],
      ['same', 'int64', [3]],
      ['flipped', 'bool', [2]],
      ['e', 'double', [1]],
    ],
    initializers: [tensor('two', 'float', [], new Float32Array([2]))],
    nodes: [
      ['Mul', ['x', 'two'], ['y']],
      ['Identity', ['ids'], ['same']],
      ['Not', ['flags'], ['flipped']],
      ['Identity', ['d'], ['e']],
    ],
  });

const good = { x: [1, 2, 3], ids: [1, 2, 2 ** 40], flags: [1, 0], d: [0.5] };

describe('the same model on both engines', () => {
  for (const { name, bytes } of shipped) {
    test(`${name}: the same description and the same outputs`, async () => {
      const ours = await loadModel(bytes, { name });
      const theirs = await loadOnnxRuntime(bytes, { name });
      assert.equal(ours.backend, 'storewise');
      assert.equal(theirs.backend, 'onnxruntime');
      assert.equal(ours.backendReason, 'chosen by the caller');
      assert.equal(theirs.backendReason, 'chosen by the caller');
      // What ONNX Runtime does with the nodes, it does not tell.
      assert.deepEqual(theirs.description, { ...ours.description, steps: [] });
      assert.deepEqual(theirs.inputs, ours.inputs);
      assert.deepEqual(theirs.outputs, ours.outputs);
      assert.deepEqual(theirs.metadata, ours.metadata);
      assert.equal(theirs.dead, false);
      const next = generator(11);
      for (let round = 0; round < 8; round += 1) {
        const inputs = Object.fromEntries(
          Object.entries(inputsFor(ours.metadata, 1 + next(10000))).map(([key, { data }]) => [
            key,
            data.slice(0, [1, 2, 17, data.length][round % 4]),
          ]),
        );
        const a = ours.run(inputs);
        const b = await theirs.run(inputs);
        assert.deepEqual(Object.keys(b), Object.keys(a));
        for (const [key, { type, dims, data }] of Object.entries(a)) {
          assert.equal(b[key].type, type);
          assert.deepEqual(b[key].dims, dims);
          assert.equal(b[key].data.constructor, data.constructor);
          data.forEach((value, i) => {
            const allowed = 1e-5 + 1e-4 * Math.abs(value);
            assert.ok(Math.abs(b[key].data[i] - value) <= allowed, `${key}[${i}]`);
          });
        }
      }
      ours.dispose();
      theirs.dispose();
    });
  }
});

describe('a model on ONNX Runtime', () => {
  let model;
  before(async () => {
    model = await loadOnnxRuntime(passing(), { name: 'passing.onnx' });
  });
  after(() => model.dispose());

  test('tells types and shapes by ONNX’s names, open sizes as -1, opset and operators', () => {
    assert.deepEqual(model.inputs, [
      { name: 'x', type: 'float', shape: [-1, 3] },
      { name: 'ids', type: 'int64', shape: [3] },
      { name: 'flags', type: 'bool', shape: [2] },
      { name: 'd', type: 'double', shape: [1] },
    ]);
    assert.deepEqual(model.description.operators, { Mul: 1, Identity: 2, Not: 1 });
    assert.equal(model.description.opset, 17);
    assert.equal(model.description.bytes, passing().byteLength);
    assert.equal(model.metadata, null);
  });

  test('takes and gives the same values as our engine does', async () => {
    const { y, same, flipped, e } = await model.run(good);
    assert.deepEqual(y, { type: 'float', dims: [1, 3], data: new Float32Array([2, 4, 6]) });
    assert.deepEqual(same, {
      type: 'int64',
      dims: [3],
      data: new BigInt64Array([1n, 2n, 2n ** 40n]),
    });
    assert.deepEqual(flipped, { type: 'bool', dims: [2], data: new Uint8Array([0, 1]) });
    assert.deepEqual(e, { type: 'double', dims: [1], data: new Float64Array([0.5]) });
  });

  test('answers calls made at once in their order, with outputs that stay as they are', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        model.run({ ...good, x: { data: Array(3 * n).fill(n), dims: [n, 3] } }),
      ),
    );
    answers.forEach(({ y }, i) => {
      assert.deepEqual(y.dims, [i + 1, 3]);
      assert.ok(y.data.every((value) => value === 2 * (i + 1)));
    });
  });

  for (const [what, inputs, message] of [
    ['a missing input', { x: [1, 2, 3] }, /passing\.onnx: input "ids" is missing: expected inputs/],
    ['an unknown name', { ...good, z: [1] }, /no input is named "z"/],
    ['a wrong type', { ...good, x: new Float64Array(3) }, /"x": expected type float/],
    ['a wrong shape', { ...good, ids: [1, 2] }, /"ids": expected 3 elements/],
    ['no data', { ...good, d: null }, /"d": expected a typed array/],
  ]) {
    test(`refuses ${what} with an InputError, and works afterwards`, async () => {
      await assert.rejects(model.run(inputs), (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.code, 'invalid-input');
        assert.match(error.message, message);
        assert.notEqual(error.expected, '');
        assert.notEqual(error.found, '');
        return true;
      });
      assert.deepEqual([...(await model.run(good)).y.data], [2, 4, 6]);
    });
  }

  test('a value that ONNX Runtime itself refuses is an InputError with its words', async () => {
    const gather = await loadOnnxRuntime(
      onnxModel({
        inputs: [['i', 'int64', ['n']]],
        outputs: [['y', 'float', ['n']]],
        initializers: [tensor('w', 'float', [3], new Float32Array([5, 6, 7]))],
        nodes: [['Gather', ['w', 'i'], ['y']]],
      }),
      { name: 'gather.onnx' },
    );
    await assert.rejects(gather.run({ i: [9] }), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.code, 'invalid-input');
      assert.match(error.message, /^gather\.onnx: ONNX Runtime refuses the call: .*out of .*bound/);
      assert.equal(error.file, 'gather.onnx');
      return true;
    });
    assert.equal(gather.dead, false);
    assert.deepEqual([...(await gather.run({ i: [2, 0, 1] })).y.data], [7, 5, 6]);
    gather.dispose();
  });

  test('classify, rank and request say that they need the other engine', () => {
    for (const [what, call] of [
      ['classify()', () => model.classify('hello')],
      ['rank()', () => model.rank(['milk'])],
      ['request()', () => model.request({ method: 'describe' })],
    ]) {
      assert.throws(call, (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.place, what);
        assert.match(error.message, /needs storewise's own engine/);
        return true;
      });
    }
  });

  test('a disposed model refuses everything; disposing twice does not', async () => {
    const gone = await loadOnnxRuntime(determinant());
    const last = gone.run({ x: twoMatrices });
    gone.dispose();
    gone.dispose();
    assert.deepEqual([...(await last).y.data], [12, 10], 'what was asked before is answered');
    await assert.rejects(gone.run({ x: twoMatrices }), { code: 'disposed' });
    assert.throws(() => gone.inputs, StateError);
    assert.throws(() => gone.classify('x'), { code: 'disposed' });
    await assert.rejects(gone.reload(), StateError);
  });

  test('reload() opens the file anew', async () => {
    const again = await loadOnnxRuntime(determinant());
    await again.reload();
    assert.deepEqual([...(await again.run({ x: twoMatrices })).y.data], [12, 10]);
    again.dispose();
  });

  test('a fault in ONNX Runtime marks the model dead until reload()', async () => {
    let faulty = true;
    const session = {
      inputMetadata: [{ name: 'x', isTensor: true, type: 'float32', shape: ['n', 2, 2] }],
      outputMetadata: [{ name: 'y', isTensor: true, type: 'float32', shape: ['n'] }],
      run: async () => {
        if (faulty) throw new WebAssembly.RuntimeError('unreachable');
        return { y: { type: 'float32', dims: [1], data: new Float32Array([3]) } };
      },
      release: async () => {},
    };
    const given = { ...ort, InferenceSession: { create: async () => session } };
    const model = await loadOnnxRuntime(determinant(), { ort: given });
    await assert.rejects(model.run({ x: twoMatrices }), { code: 'dead' });
    assert.equal(model.dead, true);
    await assert.rejects(model.run({ x: twoMatrices }), (error) => {
      assert.ok(error instanceof StateError && error.cause instanceof WebAssembly.RuntimeError);
      return true;
    });
    faulty = false;
    await model.reload();
    assert.equal(model.dead, false);
    assert.deepEqual([...(await model.run({ x: twoMatrices })).y.data], [3]);
  });

  test('a value without a declared shape takes any, and strings and float16 go through', async () => {
    const model = await loadOnnxRuntime(
      onnxModel({
        inputs: [
          ['u', 'float', null],
          ['s', 'string', ['n']],
          ['h', 'float16', [2]],
        ],
        outputs: [
          ['v', 'float', null],
          ['t', 'string', ['n']],
          ['k', 'float16', [2]],
        ],
        nodes: [
          ['Neg', ['u'], ['v']],
          ['Identity', ['s'], ['t']],
          ['Add', ['h', 'h'], ['k']],
        ],
      }),
    );
    assert.deepEqual(model.inputs, [
      { name: 'u', type: 'float', shape: null },
      { name: 's', type: 'string', shape: [-1] },
      { name: 'h', type: 'float16', shape: [2] },
    ]);
    const rest = { s: ['milk', '', '牛奶'], h: [1, -0.5] };
    const { v, t, k } = await model.run({ ...rest, u: { data: [1, 2, 3, 4], dims: [2, 2] } });
    assert.deepEqual(v, { type: 'float', dims: [2, 2], data: new Float32Array([-1, -2, -3, -4]) });
    assert.deepEqual(t, { type: 'string', dims: [3], data: ['milk', '', '牛奶'] });
    assert.deepEqual(k, { type: 'float16', dims: [2], data: new Uint16Array([0x4000, 0xbc00]) });
    assert.deepEqual((await model.run({ ...rest, u: [1, 2, 3] })).v.dims, [3]);
    model.dispose();
  });

  test('tells class labels, and operators within branches', async () => {
    const labels = ['stay', 'leave', 'unsure'];
    const model = await loadOnnxRuntime(
      onnxModel({
        inputs: [['x', 'float', [1, 2]]],
        outputs: [
          ['label', 'string', [1]],
          ['p', 'float', [1, 3]],
        ],
        nodes: [
          [
            'LinearClassifier',
            ['x'],
            ['label', 'p'],
            {
              coefficients: Float32Array.of(1, 0, 0, 1, 1, 1),
              intercepts: new Float32Array(3),
              classlabels_strings: labels,
            },
            'ai.onnx.ml',
          ],
        ],
      }),
    );
    assert.deepEqual(model.description.labels, labels);
    assert.deepEqual((await model.run({ x: [1, 5] })).label.data, ['unsure']);
    model.dispose();
    const branch = (operator) => ({
      nodes: [
        [operator, ['x'], [`${operator} once`]],
        ['Abs', [`${operator} once`], [`${operator} twice`]],
      ],
      outputs: [[`${operator} twice`, 'float', [2]]],
    });
    const branching = await loadOnnxRuntime(
      onnxModel({
        inputs: [
          ['x', 'float', [2]],
          ['c', 'bool', []],
        ],
        outputs: [['y', 'float', [2]]],
        nodes: [['If', ['c'], ['y'], { then_branch: branch('Neg'), else_branch: branch('Exp') }]],
      }),
    );
    assert.deepEqual(branching.description.operators, { If: 1, Neg: 1, Exp: 1, Abs: 2 });
    assert.deepEqual([...(await branching.run({ x: [1, -2], c: [1] })).y.data], [1, 2]);
    branching.dispose();
  });

  test('what is no tensor is left out; an element type of others is refused at open', async () => {
    const asked = [];
    const session = {
      inputMetadata: [{ name: 'x', isTensor: true, type: 'float32', shape: ['n', 2, 2] }],
      outputMetadata: [
        { name: 'y', isTensor: true, type: 'float32', shape: ['n'] },
        { name: 'map', isTensor: false },
      ],
      run: async (_feeds, names) => {
        asked.push(...names);
        return { y: { type: 'float32', dims: [1], data: new Float32Array(1) } };
      },
      release: async () => asked.push('release'),
    };
    const given = { ...ort, InferenceSession: { create: async () => session } };
    const model = await loadOnnxRuntime(determinant(), { ort: given });
    assert.deepEqual(
      model.outputs.map(({ name }) => name),
      ['y'],
    );
    await model.run({ x: twoMatrices });
    assert.deepEqual(asked, ['y']);
    session.inputMetadata[0].type = 'int4';
    await assert.rejects(loadOnnxRuntime(determinant(), { ort: given }), (error) => {
      assert.equal(error.code, 'unsupported');
      assert.match(error.message, /"x" has the element type int4: expected one of float, /);
      return true;
    });
    assert.deepEqual(asked, ['y', 'release']);
  });
});

describe('backend: auto', () => {
  test('keeps to storewise where it can, and says so', async () => {
    const { name, bytes } = shipped[0];
    const model = await loadModel(bytes, { name, backend: 'auto' });
    assert.equal(model.backend, 'storewise');
    assert.equal(model.backendReason, 'storewise supports all of this model');
    assert.ok(model.rank([model.metadata.items[0]], { limit: 3 }).length === 3);
    model.dispose();
  });

  test('takes ONNX Runtime for an operator that storewise leaves out, and explains it', async () => {
    const server = await serve(new Map([['det.onnx', determinant()]]));
    try {
      const model = await loadModel(`${server.url}det.onnx`, { backend: 'auto' });
      assert.equal(model.backend, 'onnxruntime');
      assert.match(
        model.backendReason,
        /^storewise does not support Det of opset 17, at node "Det_y"/,
      );
      assert.deepEqual(model.metadata, { version: 1, kind: 'determinant', note: '行列式' });
      assert.deepEqual(server.requests, ['det.onnx'], 'the file is fetched once');
      const { y } = await model.run({ x: twoMatrices });
      assert.deepEqual(y.dims, [2]);
      assert.deepEqual([...y.data], [12, 10]);
      model.dispose();
    } finally {
      await server.close();
    }
  });

  test('works from the entry that carries the engine, with its error classes', async () => {
    const model = await loadInline(determinant(), { backend: 'auto' });
    assert.equal(model.backend, 'onnxruntime');
    const inline = await import('storewise/inline');
    await assert.rejects(model.run({}), (error) => error instanceof inline.InputError);
    model.dispose();
  });

  test('without it the default refuses as before', async () => {
    for (const options of [{}, { backend: 'storewise' }, { backend: undefined }]) {
      await assert.rejects(loadModel(determinant(), options), (error) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.code, 'unsupported');
        return true;
      });
    }
  });

  test('a broken file is a broken file: ONNX Runtime is not asked', async () => {
    const onnxruntime = { ort: () => Promise.reject(new Error('it was asked')) };
    for (const broken of [Uint8Array.of(8, 255, 3, 200), shipped[0].bytes.slice(0, 5000)]) {
      await assert.rejects(loadModel(broken, { backend: 'auto', onnxruntime }), {
        code: 'invalid-model',
      });
    }
  });

  test('when neither runs the model, the message has both reasons', async () => {
    const model = onnxModel({
      inputs: [['x', 'float', [1]]],
      outputs: [['y', 'float', [1]]],
      nodes: [['NoSuchOperator', ['x'], ['y']]],
    });
    await assert.rejects(loadModel(model, { backend: 'auto', name: 'odd.onnx' }), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.code, 'unsupported');
      assert.equal(error.file, 'odd.onnx');
      assert.match(error.message, /storewise does not support NoSuchOperator/);
      assert.match(error.message, /ONNX Runtime refuses the model: No Op registered for NoSuchOp/);
      return true;
    });
  });

  test('an unknown backend is refused, with those there are', async () => {
    await assert.rejects(loadModel(determinant(), { backend: 'webgl' }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /no backend "webgl": expected storewise, onnxruntime or auto/);
      return true;
    });
  });
});

describe('loading', () => {
  test('a broken file is an invalid model, an HTML page a wrong file, an abort the reason', async () => {
    await assert.rejects(
      loadOnnxRuntime(Uint8Array.of(8, 255, 3, 200), { name: 'broken.onnx' }),
      (error) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.code, 'invalid-model');
        assert.match(error.message, /^broken\.onnx: ONNX Runtime refuses the model: .*protobuf/);
        return true;
      },
    );
    const server = await serve(new Map([['page.onnx', '<!doctype html>']]));
    try {
      await assert.rejects(loadOnnxRuntime(`${server.url}page.onnx`), /got HTML, expected an ONNX/);
      await assert.rejects(loadOnnxRuntime(`${server.url}none.onnx`), { code: 'http-status' });
    } finally {
      await server.close();
    }
    const signal = AbortSignal.abort(new Error('not now'));
    await assert.rejects(loadOnnxRuntime(`${server.url}page.onnx`, { signal }), /not now/);
    await assert.rejects(loadOnnxRuntime(determinant(), { signal }), /not now/);
  });

  test('a module that cannot start its WebAssembly is a LoadError', async () => {
    const given = {
      ...ort,
      InferenceSession: {
        create: async () => {
          throw new Error('no available backend found. ERR: [wasm] 404');
        },
      },
    };
    await assert.rejects(loadOnnxRuntime(determinant(), { ort: given }), (error) => {
      assert.ok(error instanceof LoadError);
      assert.match(error.message, /ONNX Runtime Web did not start: .*404/);
      return true;
    });
  });

  test('without onnxruntime-web the rest works, and the error names the command', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'storewise-peer-'));
    try {
      const installed = path.join(folder, 'node_modules/storewise');
      mkdirSync(installed, { recursive: true });
      cpSync(path.join(root, 'dist'), path.join(installed, 'dist'), { recursive: true });
      cpSync(path.join(root, 'package.json'), path.join(installed, 'package.json'));
      writeFileSync(path.join(folder, 'det.onnx'), determinant());
      writeFileSync(path.join(folder, 'ours.onnx'), shipped[0].bytes);
      const code = `
        import { LoadError, loadModel } from 'storewise';
        import { loadModel as direct } from 'storewise/onnxruntime';
        const ours = await loadModel('ours.onnx', { backend: 'auto' });
        const told = [ours.backend];
        for (const load of [
          () => loadModel('det.onnx', { backend: 'auto' }),
          () => loadModel('det.onnx', { backend: 'onnxruntime' }),
          () => direct('det.onnx'),
        ]) {
          const error = await load().catch((reason) => reason);
          told.push([error instanceof LoadError, error.code, error.message]);
        }
        console.log(JSON.stringify(told));`;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', code],
        { cwd: folder, encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
      const [backend, ...errors] = JSON.parse(stdout);
      assert.equal(backend, 'storewise');
      assert.equal(errors.length, 3);
      for (const [isLoadError, errorCode, message] of errors) {
        assert.equal(isLoadError, true);
        assert.equal(errorCode, 'missing-package');
        assert.match(message, /run "npm install onnxruntime-web"/);
      }
      assert.match(errors[0][2], /storewise does not support Det/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
