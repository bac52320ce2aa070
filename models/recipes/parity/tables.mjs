// The models of `storewise train tree`, `forest`, `boosted`, `svm`, `logistic` and `linear` beside those
// of scikit-learn: the same rows learnt from and tested, row for row (--split shuffle-numpy), the same
// kind of model, both with the settings that they choose when none are given. tables.py is the other
// side.
//
// Fails where a figure (accuracy, AUC; R2) is further behind scikit-learn's than `kBehind`, or than one
// tested row where that is more; where ONNX Runtime answers our file otherwise than our engine; and
// where a contribution is not what the `shap` package makes of the file's own trees and weights.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/index.js';
import {
  dataFile,
  readCsv,
  tableInputs,
  withTemporaryFolder,
  writeCsv,
} from '../../../tests/bench/data.mjs';
import { say } from '../../../web/tools/run.mjs';
import { kColumns, onlineShoppers } from '../behaviour/online-shoppers.mjs';
import { trainingTime } from './training-time.mjs';

const script = fileURLToPath(new URL('tables.py', import.meta.url));
const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
export const tableGoldens = fileURLToPath(
  new URL('../../../tests/golden/tables/', import.meta.url),
);

/** How far behind scikit-learn a mean figure may be. */
export const kBehind = 0.005;
/** How far ONNX Runtime's probabilities, or numbers in relation to their size, may be from ours. */
export const kOnnxRuntime = 1e-5;
// Thousands of support vectors of either sign are summed as float32, by each engine in its order.
export const kOnnxRuntimeSvm = 1e-4;
/** How far a contribution may be from shap's: of 1, or of the row's largest where that is more. */
export const kShap = 1e-5;

const kShare = 0.2;
const kExplained = 12;
const kOfClasses = ['tree', 'forest', 'boosted', 'svm', 'linear-svm', 'logistic'];
const kOfNumbers = ['tree', 'forest', 'boosted', 'svm', 'linear'];
// What is measured on thirty rows needs more than one split.
const kSeeds = [42, 43, 44, 45, 46];

/** The data; scikit-learn ships all but the first. `kinds`: what is trained. */
export const kTables = [
  { name: 'online_shoppers', target: 'Revenue', task: 'classify', seeds: [42], kinds: kOfClasses },
  { name: 'iris', target: 'target', task: 'classify', seeds: kSeeds, kinds: kOfClasses },
  { name: 'wine', target: 'target', task: 'classify', seeds: kSeeds, kinds: kOfClasses },
  { name: 'breast_cancer', target: 'target', task: 'classify', seeds: kSeeds, kinds: kOfClasses },
  { name: 'digits', target: 'target', task: 'classify', seeds: kSeeds, kinds: kOfClasses },
  { name: 'diabetes', target: 'target', task: 'regress', seeds: kSeeds, kinds: kOfNumbers },
];

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return stdout;
}

const kernelOf = (kind) => (kind === 'linear-svm' ? ['--kernel', 'linear'] : []);
const commandOf = (kind) => (kind === 'linear-svm' ? 'svm' : kind);

/** Trains by the command line; { model: file, report }. */
function train({ name, target, task }, kind, seed, { csv, model, more = [] }) {
  const report = JSON.parse(
    output(process.execPath, [
      ...[cli, 'train', commandOf(kind), '--input', csv, '--target', target, '--out', model],
      ...['--split', 'shuffle-numpy', '--seed', String(seed), '--test-size', String(kShare)],
      ...(task === 'classify' ? ['--classify'] : ['--regress']),
      ...[...kernelOf(kind), ...more, '--json'],
    ]),
  );
  const out = report.columns.filter(({ used, name: column }) => !used && column !== target);
  const odd = out.find(({ reason }) => !/same in every row|empty/.test(reason));
  if (odd !== undefined) throw new Error(`${name}: "${odd.name}" was left out: ${odd.reason}`);
  return report;
}

/** What our engine says of the tested rows, and why it says it of the first of them. */
async function answersOf(file, table, tested, explain) {
  const model = await loadModel(new Uint8Array(readFileSync(file)), { name: path.basename(file) });
  try {
    const { labels, task } = model.metadata;
    const rows = tested.map((row) => table[row]);
    const said = model.run(tableInputs(model.metadata, rows));
    const answers =
      task === 'classify'
        ? { labels: said.label.data, probabilities: [...said.probabilities.data] }
        : { values: [...said.value.data] };
    const explained = [];
    for (const row of explain ? tested.slice(0, kExplained) : []) {
      const one = await model.explain(table[row], { counterfactual: false });
      if (one.method === 'sampled') break; // an estimate, which has no equal elsewhere
      explained.push({
        row,
        explains: one.explains ?? labels?.[0] ?? null,
        base: one.base,
        contributions: Object.fromEntries(
          one.contributions.map(({ column, contribution }) => [column, contribution]),
        ),
      });
    }
    return { answers, explained };
  } finally {
    model.dispose();
  }
}

const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;

/** A row of the table that people see, from the jobs of one kind on one data set. */
export function verdictOf({ name, kind, task, tested, bytes, ratio }, results) {
  const names = Object.keys(results[0].ours);
  const candidates = results[0].theirs.map((_, i) =>
    names.map((figure) => mean(results.map(({ theirs }) => theirs[i][figure]))),
  );
  const [better] = candidates.sort((a, b) => b[0] - a[0]);
  const figures = Object.fromEntries(
    names.map((figure, i) => {
      const ours = mean(results.map((result) => result.ours[figure]));
      return [figure, { ours, theirs: better[i] }];
    }),
  );
  const near = kind === 'svm' ? kOnnxRuntimeSvm : kOnnxRuntime;
  const onnxruntime = Math.max(...results.map((result) => result.onnxruntime));
  const labels = results.every((result) => result.labels);
  const explained = results.filter((result) => result.shap !== undefined);
  const shap = explained.length > 0 ? Math.max(...explained.map((one) => one.shap)) : undefined;
  // A hair more, for sums of floats.
  const allowed = Math.max(kBehind, 1 / (tested * results.length)) + 1e-9;
  const problems = [];
  for (const [figure, { ours, theirs }] of Object.entries(figures)) {
    if (!(theirs - ours <= allowed)) {
      problems.push(`${figure} ${(100 * (theirs - ours)).toFixed(2)} points behind`);
    }
  }
  if (!labels) problems.push('labels differ from ONNX Runtime');
  if (!(onnxruntime <= near)) problems.push(`${onnxruntime} from ONNX Runtime`);
  if (shap !== undefined && !(shap <= kShap)) problems.push(`${shap} from shap`);
  return {
    ...{ name: `${name} ${kind}`, task, splits: results.length, tested, figures },
    ...{ onnxruntime, labels, shap, bytes, ratio, problems },
  };
}

// Models small enough to be kept, with rows, ONNX Runtime's answers and shap's contributions.
const kKept = ['iris tree', 'iris forest', 'iris boosted', 'iris logistic', 'diabetes linear'];

function record(name, { data, job, table }, result) {
  const folder = path.join(tableGoldens, name.replace(' ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), readFileSync(job.model));
  const rows = result.explained.map(({ row, ...one }) => ({ row: table[row], ...one }));
  const golden = {
    data: `${data.name} of scikit-learn, the first rows tested of train_test_split(test_size=${kShare}, random_state=${job.seed})`,
    answers: result.answers,
    shap: rows,
  };
  writeFileSync(path.join(folder, 'golden.json'), `${JSON.stringify(golden)}\n`);
}

/** Compares every kind on every table; `wanted` are names, or all. Gives verdicts. */
export async function compareTables(python, wanted = []) {
  const isWanted = (name, kind) =>
    wanted.length === 0 ||
    [name, `${name} ${kind}`, `${name}-${kind}`].some((n) => wanted.includes(n));
  return withTemporaryFolder(async (folder) => {
    const at = (name) => path.join(folder, name);
    output(python, ['-B', script, 'data', folder]);
    const shoppers = dataFile('online_shoppers/online_shoppers_intention.csv');
    if (shoppers) writeCsv(at('online_shoppers.csv'), kColumns, onlineShoppers(shoppers));
    const verdicts = [];
    for (const data of kTables) {
      const kinds = data.kinds.filter((kind) => isWanted(data.name, kind));
      if (kinds.length === 0 || (data.name === 'online_shoppers' && !shoppers)) continue;
      const csv = at(`${data.name}.csv`);
      const table = readCsv(csv);
      const asked = { rows: table.length, share: kShare, seeds: data.seeds };
      writeFileSync(at('split.json'), JSON.stringify(asked));
      const tested = JSON.parse(output(python, ['-B', script, 'split', at('split.json')]));
      for (const kind of kinds) {
        say(`${data.name}: ${kind}`);
        const jobs = [];
        for (const seed of data.seeds) {
          const model = at(`${data.name}-${kind}-${seed}.onnx`);
          const report = train(data, kind, seed, { csv, model });
          const rows = tested[seed];
          report.examples.forEach(({ row }, i) => {
            if (row !== rows[i]) {
              throw new Error(`${data.name}: row ${i} tested is ${row} here, ${rows[i]} in NumPy`);
            }
          });
          const said = await answersOf(model, table, rows, seed === data.seeds[0]);
          jobs.push({ ...data, kind, seed, share: kShare, csv, model, ...said });
        }
        writeFileSync(at('jobs.json'), JSON.stringify({ jobs }));
        const results = output(python, ['-B', '-W', 'ignore', script, 'judge', at('jobs.json')])
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const name = `${data.name} ${kind}`;
        if (kKept.includes(name)) record(name, { data, job: jobs[0], table }, results[0]);
        const ours = await trainingTime(csv, {
          ...{ target: data.target, task: data.task, kind: commandOf(kind) },
          ...{ split: 'shuffle-numpy', seed: data.seeds[0] },
          ...(kind === 'linear-svm' ? { kernel: 'linear' } : {}),
        });
        verdicts.push(
          verdictOf(
            {
              ...{ ...data, kind, tested: tested[data.seeds[0]].length },
              bytes: readFileSync(jobs[0].model).length,
              ratio: ours / results[0].seconds,
            },
            results,
          ),
        );
      }
    }
    return verdicts;
  });
}

/** The verdicts as lines of text. */
export function tableLines(verdicts) {
  const points = (x) => x.toFixed(4);
  const small = (x) => (x === undefined ? '' : x.toExponential(1));
  const rows = verdicts.map((one) => [
    one.name,
    `${one.splits} x ${one.tested}`,
    ...['accuracy', 'auc', 'r2'].map((figure) => {
      const found = one.figures[figure];
      return found === undefined ? '' : `${points(found.ours)} / ${points(found.theirs)}`;
    }),
    one.labels ? 'equal' : 'DIFFER',
    small(one.onnxruntime),
    small(one.shap),
    String(one.bytes),
    one.ratio.toFixed(2),
    one.problems.length === 0 ? 'held' : one.problems.join('; '),
  ]);
  const header = ['data, kind', 'tested', 'accuracy ours / theirs', 'AUC', 'R2', 'labels'];
  rows.unshift([...header, '|- ONNX RT|', '|- shap|', 'bytes', 'time x', 'verdict']);
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
}
