// `npm run bench:training [-- --repeats N] [NAME ...]`: how long our trainers take beside scikit-learn's,
// natively, one thread, on the same numbers in the same run: Online Shoppers (the rows that parity
// learns from) and 100,000 rows of 30 columns by make_classification. Names pick lines by a part of
// their text.
//
// Seconds of processor time from the table to the model, the least of N (3) goes that take turns; the
// ratio is ours / theirs, of which `kMost` at most is wanted: what is above ends the run with 1. Same
// work, where there is a choice: a tree grown out and the forest's trees have leaves of one row on either side;
// else the settings that each chooses when none are given. A tree pruned by cross-validation is beside
// a search of theirs over at most 30 alphas on Online Shoppers, and beside a single tree of theirs, grown
// out, on 100,000 rows, where that search would take some ten minutes. SVM with a kernel: 10,000 of the
// synthetic rows; ours takes no more than 20,000, and for more trains a linear machine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { preparePython } from '../../models/recipes/parity/environment.mjs';
import { dataFile, withTemporaryFolder } from './data.mjs';

const script = fileURLToPath(new URL('./training_sklearn.py', import.meta.url));
const bench = fileURLToPath(
  new URL('../../build/native/tests/cpp/training_bench', import.meta.url),
);

/** How often scikit-learn's time a trainer may take. */
const kMost = 2;

const grownOut = ['alpha=0', 'min_leaf=1'];
/** name, file, ours: kind and settings, theirs: kind. */
const kinds = (table, fewer) => [
  ['tree, grown out', table, ['tree', ...grownOut], 'tree'],
  ['tree, pruned', table, ['tree'], table === 'shoppers' ? 'pruned-tree' : 'tree'],
  ['forest', table, ['forest', 'min_leaf=1'], 'forest'],
  ['boosted', table, ['boosted'], 'boosted'],
  ['svm, rbf', `${fewer}-scaled`, ['svm', 'kernel=rbf'], 'svm'],
  ['svm, linear', `${table}-scaled`, ['svm', 'kernel=linear'], 'linear-svm'],
  ['logistic', `${table}-scaled`, ['logistic'], 'logistic'],
  ['linear', `${table}-number`, ['linear'], 'linear'],
];
const lines = [
  ...kinds('shoppers', 'shoppers').map((line) => ['Online Shoppers', ...line]),
  ...kinds('synthetic', 'synthetic-fewer').map((line) => ['100,000 x 30', ...line]),
];

const { values: options, positionals: wanted } = parseArgs({
  options: { repeats: { type: 'string', default: '3' } },
  allowPositionals: true,
});

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.trim();
}

const python = process.env.STOREWISE_PYTHON ?? preparePython();
const program = process.env.STOREWISE_TRAINING_BENCH ?? bench;
await withTemporaryFolder((folder) => {
  const csv = dataFile('online_shoppers/online_shoppers_intention.csv');
  const made = output(python, [script, 'data', folder, ...(csv ? [csv] : [])]).split('\n');
  if (!csv) console.error('left out: Online Shoppers, whose file is not there');
  const row = (cells) =>
    console.log(cells.map((text, i) => text.padEnd([16, 16, 10, 10, 6][i])).join('  '));
  row(['data', 'kind', 'ours, s', 'theirs, s', 'ratio']);
  for (const [data, name, file, ours, theirs] of lines) {
    if (!made.includes(file.split('-')[0])) continue;
    if (wanted.length > 0 && !wanted.some((part) => `${data}: ${name}`.includes(part))) continue;
    const input = path.join(folder, `${file}.bin`);
    const [mine, their] = [[], []];
    for (let i = 0; i < Number(options.repeats); i += 1) {
      mine.push(Number(output(program, [input, ...ours])));
      their.push(Number(output(python, [script, 'fit', input, theirs])));
    }
    const [a, b] = [Math.min(...mine), Math.min(...their)];
    const slow = a > kMost * b;
    row([data, name, a.toFixed(3), b.toFixed(3), `${(a / b).toFixed(2)}${slow ? '  SLOW' : ''}`]);
    if (slow) process.exitCode = 1;
  }
});
