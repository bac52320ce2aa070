// Running out of memory, at every point where it can happen: a call that has no room left ends with
// the code "out-of-memory", whatever it was at, and the instance lives on. On the C ABI of the
// shipped modules, because a page seldom gets there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const kModel = 1;
const kCatalogue = 2;
const kFaq = 3;

const file = (name) => readFileSync(new URL(`../../${name}`, import.meta.url));

/** An instance whose memory can be all taken. */
class Engine {
  constructor(module) {
    const stop = () => {
      throw new WebAssembly.RuntimeError('the engine stopped itself');
    };
    this.wasm = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: { proc_exit: stop },
      env: { emscripten_notify_memory_growth() {} },
    }).exports;
    this.wasm._initialize();
  }

  put(bytes) {
    const pointer = this.wasm.sw_alloc(bytes.byteLength) >>> 0;
    assert.notEqual(pointer, 0);
    new Uint8Array(this.wasm.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  result() {
    const start = this.wasm.sw_result() >>> 0;
    const bytes = new Uint8Array(
      this.wasm.memory.buffer,
      start,
      this.wasm.sw_result_length() >>> 0,
    );
    return bytes.byteLength === 0 ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  }

  /** What `attempt` gives while no more than about `room` bytes are free. */
  within(room, attempt) {
    const spare = this.wasm.sw_alloc(room) >>> 0;
    assert.notEqual(spare, 0);
    const taken = [];
    for (let size = 2 ** 26; size >= 16; size /= 2) {
      let piece = this.wasm.sw_alloc(size) >>> 0;
      while (piece !== 0) {
        taken.push(piece);
        piece = this.wasm.sw_alloc(size) >>> 0;
      }
    }
    this.wasm.sw_free(spare);
    try {
      return attempt();
    } finally {
      for (const piece of taken) this.wasm.sw_free(piece);
    }
  }
}

/**
 * Makes a call within less and less room: `prepare` gives the call, which gives true or false.
 * Every failure must be for lack of memory, and with enough room it must succeed.
 */
function starve(engine, prepare) {
  let failures = 0;
  for (let room = 16; room < 2 ** 26; room = Math.ceil((room * 1.25) / 16) * 16) {
    const { call, done } = prepare();
    const worked = engine.within(room, call);
    if (!worked) {
      assert.equal(engine.result().code, 'out-of-memory', `with ${room} bytes`);
      assert.notEqual(engine.result().message, '');
      failures += 1;
    }
    done?.();
    if (worked) return failures;
  }
  assert.fail('it never succeeds');
}

function opening(engine, kind, bytes) {
  return () => {
    const pointer = engine.put(bytes);
    let handle = 0;
    return {
      call: () => {
        handle = engine.wasm.sw_open(kind, pointer, bytes.byteLength, 0, 0);
        return handle > 0;
      },
      done: () => handle > 0 && engine.wasm.sw_close(handle),
    };
  };
}

describe('without memory', () => {
  const models = new WebAssembly.Module(file('dist/storewise-onnx.wasm'));
  const shops = new WebAssembly.Module(file('dist/storewise.wasm'));

  test('opening a model', () => {
    const engine = new Engine(models);
    for (const name of ['boosted', 'forest', 'linear', 'svm', 'tree']) {
      const bytes = file(`models/behaviour/${name}/model.onnx`);
      assert.ok(starve(engine, opening(engine, kModel, bytes)) > 10, name);
    }
  });

  test('opening the files of a shop', () => {
    const engine = new Engine(shops);
    for (const [kind, name] of [
      [kModel, 'classifier.onnx'],
      [kModel, 'recommender.onnx'],
      [kCatalogue, 'catalogue.json'],
      [kFaq, 'faq.json'],
    ]) {
      assert.ok(starve(engine, opening(engine, kind, file(`models/demo-shop/${name}`))) > 10, name);
    }
  });

  test('asking a model for the first time, and being wrong', () => {
    for (const [module, name, request, refused] of [
      [models, 'behaviour/svm/model.onnx', { method: 'describe' }],
      [shops, 'demo-shop/classifier.onnx', { method: 'classify', text: 'where is my parcel?' }],
      [shops, 'demo-shop/recommender.onnx', { method: 'rank', items: ['none', 'of them'] }],
      [shops, 'demo-shop/recommender.onnx', { method: 'dance' }, 'invalid-request'],
    ]) {
      const engine = new Engine(module);
      const bytes = file(`models/${name}`);
      const text = new TextEncoder().encode(JSON.stringify(request));
      const question = engine.put(text);
      const failures = starve(engine, () => {
        const handle = engine.wasm.sw_open(kModel, engine.put(bytes), bytes.byteLength, 0, 0);
        assert.ok(handle > 0);
        return {
          call: () =>
            engine.wasm.sw_call(handle, question, text.byteLength) === 0 ||
            engine.result().code === refused,
          done: () => assert.equal(engine.wasm.sw_close(handle), 0),
        };
      });
      assert.ok(failures > 3, `${name}: ${failures}`);
    }
  });
});
