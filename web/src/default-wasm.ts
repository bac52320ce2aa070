// Where the engine's WebAssembly lies unless the caller says otherwise: beside the bundle. Bundlers
// recognise the expression as it stands and copy the file.

import type { WasmSource } from './loader.js';

export function defaultWasm(): WasmSource {
  return new URL('./storewise.wasm', import.meta.url);
}
