// Damaged copies of a file, and what an engine's instance must do with each: an error or a valid
// answer, never a trap, and afterwards the same answer to a good call as before. Works on the C ABI,
// without the package around it.
import assert from 'node:assert/strict';

/** What sw_open opens. */
export const Kind = { model: 1, catalogue: 2, faq: 3, offers: 4, rules: 5, shop: 6, intents: 8 };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const kTensorBytes = 48; // struct sw_tensor

/** One instance of a compiled engine. Whatever a method throws besides AssertionError is a trap. */
export class RawEngine {
  #wasm;

  constructor(module) {
    const stop = (code) => {
      throw new WebAssembly.RuntimeError(`the engine stopped itself with code ${code}`);
    };
    this.#wasm = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: { proc_exit: stop },
      env: { emscripten_notify_memory_growth() {} },
    }).exports;
    this.#wasm._initialize();
  }

  get memoryBytes() {
    return this.#wasm.memory.buffer.byteLength;
  }

  #put(bytes) {
    const pointer = this.#wasm.sw_alloc(bytes.byteLength) >>> 0;
    assert.notEqual(pointer, 0, 'no memory for the bytes of a call');
    new Uint8Array(this.#wasm.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  // What the last call left: an object, or undefined where there is nothing to say.
  #reply(failed) {
    const pointer = this.#wasm.sw_result() >>> 0;
    const length = this.#wasm.sw_result_length() >>> 0;
    const text = decoder.decode(new Uint8Array(this.#wasm.memory.buffer, pointer, length));
    if (text === '' && !failed) return undefined;
    const reply = JSON.parse(text);
    if (failed) {
      assert.match(reply.code, /^[a-z-]+$/);
      assert.notEqual(reply.message, '');
    }
    return reply;
  }

  /** A handle, or 0 after a well-formed error. */
  open(kind, bytes, name = 'damaged') {
    const text = encoder.encode(name);
    const namePointer = this.#put(text);
    const handle = this.#wasm.sw_open(
      kind,
      this.#put(bytes),
      bytes.byteLength,
      namePointer,
      text.byteLength,
    );
    this.#wasm.sw_free(namePointer);
    this.#reply(handle <= 0);
    return handle;
  }

  close(...handles) {
    for (const handle of handles) assert.equal(this.#wasm.sw_close(handle), 0);
  }

  /** The reply, or null after a well-formed error. */
  call(handle, request) {
    const bytes = encoder.encode(JSON.stringify(request));
    const pointer = this.#put(bytes);
    const status = this.#wasm.sw_call(handle, pointer, bytes.byteLength);
    this.#wasm.sw_free(pointer);
    const reply = this.#reply(status !== 0);
    return status === 0 ? reply : null;
  }

  /**
   * Runs a model on inputs { type, dims, bytes }: its outputs in the same form, or null after a
   * well-formed error.
   */
  run(handle, inputs, outputs) {
    const room = (inputs.length + outputs) * kTensorBytes;
    const table = this.#put(new Uint8Array(room));
    const data = inputs.map(({ bytes }) => this.#put(bytes));
    const view = new DataView(this.#wasm.memory.buffer);
    inputs.forEach(({ type, dims, bytes }, i) => {
      const at = table + i * kTensorBytes;
      view.setInt32(at, type, true);
      view.setInt32(at + 4, dims.length, true);
      dims.forEach((dim, axis) => {
        view.setInt32(at + 8 + 4 * axis, dim, true);
      });
      view.setUint32(at + 40, data[i], true);
      view.setUint32(at + 44, bytes.byteLength, true);
    });
    const status = this.#wasm.sw_run(handle, table, inputs.length, outputs);
    this.#reply(status !== 0);
    const results = [];
    const after = new DataView(this.#wasm.memory.buffer);
    for (let i = inputs.length; status === 0 && i < inputs.length + outputs; i++) {
      const at = table + i * kTensorBytes;
      const rank = after.getInt32(at + 4, true);
      assert.ok(rank >= 0 && rank <= 8);
      const start = after.getUint32(at + 40, true);
      results.push({
        type: after.getInt32(at, true),
        dims: Array.from({ length: rank }, (_, axis) => after.getInt32(at + 8 + 4 * axis, true)),
        bytes: new Uint8Array(after.buffer).slice(start, start + after.getUint32(at + 44, true)),
      });
    }
    for (const pointer of [...data, table]) this.#wasm.sw_free(pointer);
    return status === 0 ? results : null;
  }
}

/** Whole numbers below a limit, the same ones for the same seed. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

// The stretches [start, end) of an ONNX file that are not the elements of a weight.
function structure(bytes) {
  const kGraph = 7;
  const kInitializer = 5;
  const kRawData = 9;
  const stretches = [];
  let from = 0;
  const walk = (start, end, path) => {
    let at = start;
    const varint = () => {
      let value = 0;
      for (let shift = 0; shift < 63; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) break;
      }
      return value;
    };
    while (at < end) {
      const key = varint();
      const tag = Math.floor(key / 8);
      if (key % 8 === 0) varint();
      else if (key % 8 === 1) at += 8;
      else if (key % 8 === 5) at += 4;
      else {
        const length = varint();
        const inside = `${path}/${tag}`;
        if (inside === `/${kGraph}/${kInitializer}/${kRawData}`) {
          stretches.push([from, at]);
          from = at + length;
        } else if (inside === `/${kGraph}` || inside === `/${kGraph}/${kInitializer}`) {
          walk(at, at + length, inside);
        }
        at += length;
      }
    }
  };
  walk(0, bytes.byteLength, '');
  stretches.push([from, bytes.byteLength]);
  return stretches.filter(([start, end]) => start < end);
}

/**
 * Damaged copies of a file, each under a name that makes it again: cut off at every `every`th byte,
 * then `flips` copies with one to four bits flipped. Half of the flips avoid the weights of a model,
 * of which most of its bytes are. A copy is valid until the next one is asked for.
 */
export function* damaged(bytes, { every, flips, seed, isModel }) {
  for (let length = 0; length < bytes.byteLength; length += every) {
    yield [`cut off at ${length}`, bytes.subarray(0, length)];
  }
  const random = randomNumbers(seed);
  const copy = bytes.slice();
  const stretches = isModel ? structure(bytes) : [[0, bytes.byteLength]];
  const bytesOf = stretches.reduce((sum, [start, end]) => sum + end - start, 0);
  const inStructure = () => {
    let place = random(bytesOf);
    for (const [start, end] of stretches) {
      if (place < end - start) return start + place;
      place -= end - start;
    }
    return 0;
  };
  for (let i = 0; i < flips; i++) {
    const bits = Array.from({ length: 1 + random(4) }, () => [
      i % 2 === 0 ? random(bytes.byteLength) : inStructure(),
      random(8),
    ]);
    const flip = () => {
      for (const [place, bit] of bits) copy[place] ^= 1 << bit;
    };
    flip();
    yield [`bits ${bits.map(([place, bit]) => `${place}.${bit}`).join(' ')}`, copy];
    flip();
  }
}

/**
 * Opens and uses every damaged copy of `subject`: { name, bytes, kind, prepare(engine) -> { use,
 * check } }. `use(handle)` asks what opened from a copy; `check()` makes the good call and throws
 * where its answer has changed. Gives { tried, opened, memoryBytes, failures: [{ name, damage,
 * error, bytes }] }; after a failure the rest goes on in a new instance.
 */
export function survey(module, subject, damage) {
  const report = { tried: 0, opened: 0, memoryBytes: 0, failures: [] };
  const start = () => {
    const engine = new RawEngine(module);
    return { engine, ...subject.prepare(engine) };
  };
  let instance = start();
  for (const [what, bytes] of damaged(subject.bytes, damage)) {
    report.tried += 1;
    const { engine, use, check } = instance;
    try {
      const handle = engine.open(subject.kind, bytes);
      if (handle > 0) {
        report.opened += 1;
        use(handle);
        engine.close(handle);
      }
      check();
    } catch (error) {
      report.failures.push({ name: subject.name, damage: what, error, bytes: bytes.slice() });
      instance = start();
    }
    report.memoryBytes = Math.max(report.memoryBytes, engine.memoryBytes);
  }
  return report;
}

/** A check() that makes a call and holds its answer against that of the first time. */
export function sameAnswer(ask) {
  const first = ask();
  assert.notEqual(first, null, 'the good call fails');
  return () => assert.deepEqual(ask(), first, 'the good call has another answer');
}
