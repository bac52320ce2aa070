// How long the trainer alone takes on a table, in WebAssembly: without reading the CSV, and without
// the figures that come after. Processor time, one thread.
import { readCsv } from '../../../tests/bench/data.mjs';
import { openTrainer } from '../../../tests/js/support/trainer.mjs';

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
  let ended;
  const { wasm, put, taken } = await openTrainer({
    progress(phase) {
      if (ended === undefined && phase === 'measuring') ended = process.cpuUsage();
    },
  });
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
  taken(wasm.swt_train_table(given, options.length, all, rows));
  if (ended === undefined) throw new Error('the trainer told of no measuring');
  return seconds(ended) - seconds(start);
}
