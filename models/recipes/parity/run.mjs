// `npm run parity [-- [--compare] NAME ...]`: makes small models in scikit-learn and Keras, exports
// them to ONNX, records what the library and ONNX Runtime answer (tests/golden/parity), and holds
// our engine's answers against both. With --compare nothing is remade, and no Python is needed.
//
// The models come from the scripts beside this file, one a family (`families` below), in a Python
// virtual environment of requirements.txt under build/. All are seeded: a second run on the same
// machine writes the same weights and answers (tf2onnx numbers a Keras net's constants anew each
// time, so those files differ in names); another processor may change a trained net's last digits.
//
// The table's columns:
//   model          the folder in tests/golden/parity
//   bytes          of model.onnx
//   |- library|    the largest difference of any float output to the original model's own answer
//                  (predict_proba, predict, transform), in the output's units
//   |- ONNX RT|    the same to ONNX Runtime's answer for this file
//   labels         whether all outputs that are no floats (classes, words, counts) are equal to both
//   verdict        equal: every value is within the tolerance that golden.json states (1e-5 plus
//                  1e-4 of the value unless it gives a reason for another); differs: the first value
//                  that is not; refused: the engine's message
//   operators      all that the file uses, in subgraphs as well
//
// A run ends with 1 when a model differs or is refused.
//
// Then what `storewise train` makes of tables is held against scikit-learn, ONNX Runtime and shap
// (tables.mjs says how; "iris", "iris tree" and so on are names, too): figures ours / theirs, the largest
// difference to ONNX Runtime and to shap, and the processor time of our trainer in WebAssembly as a
// multiple of scikit-learn's. What is behind ends the run with 1 as well.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../../dist/index.js';
import { main, run, say } from '../../../web/tools/run.mjs';
import { compare, goldenNames, goldens, inputsOf, readGolden } from './compare.mjs';
import { preparePython } from './environment.mjs';
import { compareTables, kTables, tableLines } from './tables.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));

/** A script for each family of models. */
const families = {
  estimators: "scikit-learn's classifiers, regressors and clusterings",
  pipelines: "scikit-learn's preprocessing, strings and tokens",
  nets: 'Keras nets as Keras exports them',
  control: 'recurrent operators, Loop, If, Scan',
  quantised: 'int8, int4 and float16 nets',
};

/** One row of the table. */
async function answer(name) {
  const { bytes, golden } = readGolden(name);
  const row = { name, bytes: bytes.length, operators: golden.operators };
  let model;
  try {
    model = await loadModel(bytes, { name });
    const { library, onnxruntime, labels, problems } = compare(golden, model.run(inputsOf(golden)));
    const verdict = problems.length === 0 ? 'equal' : `differs: ${problems[0]}`;
    return { ...row, library, onnxruntime, labels, verdict };
  } catch (error) {
    return { ...row, verdict: `refused: ${error.message.replace(`${name}: `, '')}` };
  } finally {
    model?.dispose();
  }
}

function print(rows) {
  const figure = (x) => (x === undefined ? '' : x.toExponential(1));
  const lines = rows.map((row) => [
    row.name,
    String(row.bytes),
    figure(row.library),
    figure(row.onnxruntime),
    { true: 'equal', false: 'DIFFER', undefined: '' }[row.labels],
    row.verdict,
    row.operators.join(' '),
  ]);
  lines.unshift(['model', 'bytes', '|- library|', '|- ONNX RT|', 'labels', 'verdict', 'operators']);
  const widths = lines[0].map((_, i) =>
    Math.max(...lines.map((line) => (i < 5 ? line[i].length : Math.min(line[i].length, 7)))),
  );
  for (const line of lines) console.log(line.map((text, i) => text.padEnd(widths[i])).join('  '));
}

await main(async () => {
  const given = process.argv.slice(2);
  const names = given.filter((argument) => !argument.startsWith('--'));
  const isTable = (name) => kTables.some((table) => name.split(' ')[0] === table.name);
  const models = names.filter((name) => !isTable(name));
  const remake = !given.includes('--compare');
  const python = remake ? preparePython() : undefined;
  if (remake && (models.length > 0 || names.length === 0)) {
    for (const [script, what] of Object.entries(families)) {
      say(`${script}.py: ${what}`);
      // Without a fixed hash seed skl2onnx orders some nodes differently each time.
      run(python, ['-B', '-W', 'ignore', path.join(here, `${script}.py`), goldens, ...models], {
        env: { ...process.env, PYTHONHASHSEED: '0' },
      });
    }
  }
  const rows = [];
  for (const name of names.length > 0 ? models : goldenNames()) rows.push(await answer(name));
  if (rows.length > 0) print(rows);
  const total = rows.reduce((sum, row) => sum + row.bytes, 0);
  const equal = rows.filter((row) => row.verdict === 'equal').length;
  say(`${equal} of ${rows.length} models equal; ${total} bytes of models`);
  if (equal < rows.length) process.exitCode = 1;
  const tables = names.filter(isTable);
  if (!remake || (names.length > 0 && tables.length === 0)) return;
  const verdicts = await compareTables(python, tables);
  for (const line of tableLines(verdicts)) console.log(line);
  const behind = verdicts.filter(({ problems }) => problems.length > 0).length;
  say(`${verdicts.length - behind} of ${verdicts.length} models of tables held`);
  if (behind > 0) process.exitCode = 1;
});
