// The trainer's module through its C ABI (wasm/train.h), without the command line around it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const kBuilt = new URL('../../../dist/storewise-train.wasm', import.meta.url);
const compiled = new Map();

// Once for each file: what V8 compiles in the background would count as training otherwise.
function moduleOf(file) {
  const name = String(file);
  if (!compiled.has(name)) compiled.set(name, WebAssembly.compile(readFileSync(file)));
  return compiled.get(name);
}

/**
 * An instance: `wasm`, its exports; `put`, which copies a typed array in and gives the pointer;
 * `taken`, which gives { model, report } after a call that answered 0, and throws the report's text
 * after any other. `progress` is called with the phase's name.
 */
export async function openTrainer({ file = kBuilt, progress = () => {} } = {}) {
  let memory;
  const read = (pointer, length) => Buffer.from(memory.buffer, pointer >>> 0, length >>> 0);
  const { exports: wasm } = await WebAssembly.instantiate(await moduleOf(file), {
    wasi_snapshot_preview1: {
      proc_exit(code) {
        throw new Error(`the trainer ended with ${code}`);
      },
    },
    env: { emscripten_notify_memory_growth() {} },
    storewise: { progress: (phase, length) => progress(read(phase, length).toString()) },
  });
  memory = wasm.memory;
  wasm._initialize();
  const put = (values) => {
    const pointer = wasm.swt_alloc(values.byteLength) >>> 0;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(memory.buffer, pointer).set(bytes);
    return pointer;
  };
  const taken = (status) => {
    const report = read(wasm.swt_result(), wasm.swt_result_length()).toString();
    assert.equal(status, 0, report);
    return { model: Buffer.from(read(wasm.swt_model(), wasm.swt_model_length())), report };
  };
  return { wasm, put, taken };
}
