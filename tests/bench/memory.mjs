// Memory of one engine with one model open and run once, in a process or page where nothing else
// happened. Runs in Node and, served as a module, in a page. As a command (bench.mjs starts it):
// `node memory.mjs JSON`, JSON being { engine, wasm, model }.

import { feedOfOnnxRuntime, feedOfOurs, inputsOf, openOnnxRuntime } from './measure.mjs';

// Every WebAssembly memory that is made from now on. Must come before the engines are loaded.
function watchMemories() {
  const memories = new Set();
  // A proxy, so that a memory stays an instance of WebAssembly.Memory.
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args) {
      const memory = new target(...args);
      memories.add(memory);
      return memory;
    },
  });
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await original(...args);
      for (const value of Object.values((result.instance ?? result).exports)) {
        if (value instanceof WebAssembly.Memory) memories.add(value);
      }
      return result;
    };
  }
  return () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/**
 * Bytes of WebAssembly memory after the model was opened and run once. `engine` is 'ours' or a
 * setting of ONNX Runtime; `load` imports the engine: { loadModel, wasm } or { ort }.
 */
export async function wasmBytes(engine, load, bytes, model) {
  const total = watchMemories();
  const { loadModel, wasm, ort } = await load();
  if (engine === 'ours') {
    const opened = await loadModel(bytes, { wasm, name: model.name });
    opened.run(feedOfOurs(inputsOf({ ...model, metadata: opened.metadata })));
    return total();
  }
  const session = await openOnnxRuntime(ort, bytes, engine);
  await session.run(feedOfOnnxRuntime(ort, inputsOf(model)));
  return total();
}

if (typeof process !== 'undefined' && import.meta.url === `file://${process.argv[1]}`) {
  const { readFileSync } = await import('node:fs');
  const { engine, wasm, model } = JSON.parse(process.argv[2]);
  const bytes = new Uint8Array(readFileSync(model.path));
  const before = process.memoryUsage().rss;
  const load = async () => {
    if (engine === 'ours') {
      const { loadModel } = await import('../../dist/index.js');
      return { loadModel, wasm: await WebAssembly.compile(readFileSync(wasm)) };
    }
    const ort = await import('onnxruntime-web');
    ort.env.wasm.numThreads = 1;
    return { ort };
  };
  const figures = { wasm: await wasmBytes(engine, load, bytes, model) };
  console.log(JSON.stringify({ ...figures, process: process.memoryUsage().rss - before }));
  process.exit(0);
}
