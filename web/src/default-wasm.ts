// Where the engine's WebAssembly lies unless the caller says otherwise: beside the bundle. Bundlers
// recognise the expressions as they stand and copy the files.

import type { WasmSource } from './loader.js';

/** A shop's tasks, and the operators that its models use. */
export function defaultWasm(): WasmSource {
  return new URL('./storewise.wasm', import.meta.url);
}

/** Every operator, and no shop: for models of any make. */
export function defaultOnnxWasm(): WasmSource {
  return new URL('./storewise-onnx.wasm', import.meta.url);
}
