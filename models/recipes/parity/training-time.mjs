// How long the trainer alone takes on a table, in WebAssembly: without reading the CSV, and without
// the figures that come after. Processor time, one thread.
import { readFileSync } from 'node:fs';
import { readCsv } from '../../../tests/bench/data.mjs';

const wasmFile = new URL('../../../dist/storewise-train.wasm', import.meta.url);
let compiled;

const isNumber = (text) => text.trim() !== '' && Number.isFinite(Number(text));
const seconds = ({ user, system }) => (user + system) / 1e6;

/** { columns, cells, rows } as swt_train_table takes them; `names` are columns of names. */
function tableOf(file, names) {
  const table = readCsv(file);
  const columns = [];
  const cells = [];
  for (const name of Object.keys(table[0])) {
    const texts = table.map((row) => row[name]);
    if (!names.includes(name) && texts.every(isNumber)) {
      columns.push({ name, kind: 'number', levels: [] });
      cells.push(...texts.map(Number));
      continue;
    }
    const levels = [...new Set(texts)].sort();
    const kind = levels.length === 2 && !names.includes(name) ? 'boolean' : 'category';
    columns.push({ name, kind, levels });
    cells.push(...texts.map((text) => levels.indexOf(text)));
  }
  return { columns, cells: Float64Array.from(cells), rows: table.length };
}

/** Seconds from the call of the trainer to its first figure. `settings` as in wasm/train.h. */
export async function trainingTime(file, { target, task, ...settings }) {
  const classes = task === 'classify';
  const { columns, cells, rows } = tableOf(file, classes ? [target] : []);
  compiled ??= await WebAssembly.compile(readFileSync(wasmFile));
  let memory;
  let ended;
  const text = (pointer, length) => Buffer.from(memory.buffer, pointer >>> 0, length).toString();
  const { exports: wasm } = await WebAssembly.instantiate(compiled, {
    wasi_snapshot_preview1: {
      proc_exit(code) {
        throw new Error(`the trainer ended with ${code}`);
      },
    },
    env: { emscripten_notify_memory_growth() {} },
    storewise: {
      progress(phase, length) {
        if (ended === undefined && text(phase, length) === 'measuring') ended = process.cpuUsage();
      },
    },
  });
  memory = wasm.memory;
  wasm._initialize();
  const put = (bytes) => {
    const pointer = wasm.swt_alloc(bytes.byteLength) >>> 0;
    new Uint8Array(memory.buffer, pointer).set(
      new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    return pointer;
  };
  const options = new TextEncoder().encode(
    JSON.stringify({
      ...settings,
      columns,
      classes,
      target: columns.findIndex(({ name }) => name === target),
    }),
  );
  const [given, all] = [put(options), put(cells)];
  const start = process.cpuUsage();
  if (wasm.swt_train_table(given, options.length, all, rows) !== 0 || ended === undefined) {
    throw new Error(text(wasm.swt_result(), wasm.swt_result_length()));
  }
  return seconds(ended) - seconds(start);
}
