// The part of the benchmark that runs in Chromium; chromium.mjs serves and calls it.

import {
  feedOfOnnxRuntime,
  feedOfOurs,
  inputsOf,
  measure as measureModel,
  openOnnxRuntime,
} from './measure.mjs';
import { wasmBytes } from './memory.mjs';

// The engine that loadModel would choose.
const compileFor = ({ forShops }) =>
  WebAssembly.compileStreaming(fetch(`/dist/storewise${forShops ? '' : '-onnx'}.wasm`));

async function onnxRuntime() {
  const ort = await import('/ort/ort.wasm.min.mjs');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/ort/';
  return ort;
}

const fetchBytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

/** From nothing to the first output: fetch, compile, open the model, run it once. Milliseconds. */
export async function coldStorewise(url, model) {
  const start = performance.now();
  const { loadModel } = await import('/dist/index.js');
  const opened = await loadModel(url);
  opened.run(feedOfOurs(inputsOf(model)));
  return performance.now() - start;
}

export async function coldOnnxRuntime(url, model) {
  const start = performance.now();
  const ort = await onnxRuntime();
  const session = await openOnnxRuntime(ort, url, 'default');
  await session.run(feedOfOnnxRuntime(ort, inputsOf(model)));
  return performance.now() - start;
}

/** What measure.mjs measures; times are in steps of the page's clock, 5 us when it is isolated. */
export async function measure(url, model) {
  const { loadModel } = await import('/dist/index.js');
  const wasm = await compileFor(model);
  return measureModel({ loadModel, wasm, ort: await onnxRuntime() }, await fetchBytes(url), model);
}

/** Bytes of WebAssembly memory with the model open; `engine` as in memory.mjs. */
export async function memory(url, model, engine) {
  const load = async () => {
    if (engine !== 'ours') return { ort: await onnxRuntime() };
    const { loadModel } = await import('/dist/index.js');
    return { loadModel, wasm: await compileFor(model) };
  };
  return wasmBytes(engine, load, await fetchBytes(url), model);
}
