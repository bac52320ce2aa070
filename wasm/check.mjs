// Holds a module to its promise: exactly these exports, and no import that the loader does not give.
//
//   node wasm/check.mjs MODULE.wasm FUNCTION...
import { readFileSync } from 'node:fs';

const [file, ...functions] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);

const promised = ['memory', '_initialize', ...functions];
const given = ['wasi_snapshot_preview1.proc_exit', 'env.emscripten_notify_memory_growth'];
if (functions.some((name) => name.startsWith('swt_'))) given.push('storewise.progress');

const problems = [
  ...promised.filter((name) => !exports.includes(name)).map((name) => `does not export ${name}`),
  ...exports.filter((name) => !promised.includes(name)).map((name) => `exports ${name}`),
  ...imports.filter((name) => !given.includes(name)).map((name) => `imports ${name}`),
];
for (const problem of problems) console.error(`${file} ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
