// The benchmark's figures of models as one table, with the project's goals beside them.

// What the project wants of a model: how many times as fast as ONNX Runtime, in its better setting;
// at most how many times the int8 limit. Models that are not shipped have to be faster, no more.
const kGoals = {
  shipped: { faster: 2 },
  'GRU4Rec(100), 100,000 items': { faster: 5, limit: 1.5 },
  made: { faster: 1 },
};
const kMemoryGoal = 4;

export const goalOf = ({ name, shipped }) =>
  kGoals[name] ?? (shipped ? kGoals.shipped : kGoals.made);

/** Times as fast as ONNX Runtime in the setting that serves it better. */
export const timesAsFast = (figures) => Math.min(figures.default.ratio, figures.unpacked.ratio);

const number = (value, digits = 3) => {
  if (value === undefined) return '';
  if (value >= 10 ** digits) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
};
const megabytes = (value) => (value === undefined ? '' : (value / 1e6).toFixed(1));

function difference(entry) {
  if (entry.same !== undefined) return `${entry.same}/${entry.of} same`;
  return `${entry.largest.toExponential(1)} of ${number(entry.magnitude)}`;
}

const columns = [
  ['model', ({ name }) => name],
  ['MB', ({ bytes }) => megabytes(bytes)],
  ['ms', ({ figures }) => number(figures.ours.median)],
  ['p95', ({ figures }) => number(figures.ours.p95)],
  ['ORT ms', ({ figures }) => number(figures.default.median)],
  ['p95', ({ figures }) => number(figures.default.p95)],
  ['unpacked ms', ({ figures }) => number(figures.unpacked.median)],
  ['p95', ({ figures }) => number(figures.unpacked.p95)],
  ['times as fast', ({ figures }) => number(timesAsFast(figures))],
  [
    'goal',
    (result) => {
      const { faster } = goalOf(result);
      return `${faster === 1 ? '>' : '>='} ${faster}`;
    },
  ],
  [
    'x limit',
    (result) => {
      const goal = goalOf(result).limit;
      return number(result.figures.limit?.times) + (goal ? ` (goal <= ${goal})` : '');
    },
  ],
  ['limit G/s', ({ figures }) => number(figures.limit && figures.limit.rate / 1e9)],
  ['open ms', ({ figures }) => number(figures.ours.open)],
  ['ORT', ({ figures }) => number(figures.default.open)],
  ['unpacked', ({ figures }) => number(figures.unpacked.open)],
  [`beyond MB (goal <= ${kMemoryGoal})`, ({ memory }) => megabytes(memory?.ours.wasm)],
  ['ORT', ({ memory }) => megabytes(memory?.default.wasm)],
  ['unpacked', ({ memory }) => megabytes(memory?.unpacked.wasm)],
  ['process MB', ({ memory }) => megabytes(memory?.ours.process)],
  ['ORT', ({ memory }) => megabytes(memory?.default.process)],
  ['unpacked', ({ memory }) => megabytes(memory?.unpacked.process)],
  ['differences', ({ figures }) => figures.differences.map(difference).join('; ')],
];

/** Lines of the table for `results`: [{ name, bytes, shipped, figures, memory }]. */
export function tableOf(results) {
  const used = columns.filter(
    ([title, cell]) => title === 'model' || results.some((result) => cell(result) !== ''),
  );
  const rows = [
    used.map(([title]) => title),
    ...results.map((result) => used.map(([, cell]) => cell(result))),
  ];
  const widths = used.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  return lines;
}

/** What the columns mean; printed once. */
export const kLegend = [
  'ms and p95: one call, both engines in turn, one thread. ORT: ONNX Runtime Web, wasm, as it comes;',
  'unpacked: the same with session.disable_quant_qdq, which makes float weights of the int8 ones at',
  'opening. Times as fast: than the better of the two; in Node by the time of the processor, which',
  'other programs do not disturb. Open: from bytes in memory, engine compiled.',
  'x limit: our time against the int8 products of the call alone, at the speed (limit, thousand million',
  'a second) of a bare SIMD128 loop over as many bytes as the largest weights, in turn with the rest.',
  "Beyond: WebAssembly memory after opening and one call less the file's bytes; process: growth of the",
  'resident memory of a Node process that did nothing else, code included. Differences: against ORT as',
  'it comes, the largest one of numbers and the largest number, or how many whole numbers (labels,',
  'ranked items) are the same.',
];
