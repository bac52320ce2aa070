// Models that `storewise train` made of iris and diabetes answer as ONNX Runtime did, and their reasons
// are those of the Python package shap on the same trees and weights (tests/golden/tables, made by
// `npm run parity`).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadModel } from 'storewise';

const goldens = new URL('../golden/tables/', import.meta.url);
const names = readdirSync(goldens).sort();

test('there is a golden of every kind whose reasons are exact', () => {
  assert.deepEqual(names, [
    ...['diabetes-linear', 'iris-boosted', 'iris-forest', 'iris-logistic', 'iris-tree'],
  ]);
});

for (const name of names) {
  test(`${name}: ONNX Runtime's answers, shap's contributions`, async () => {
    const read = (file) => readFileSync(new URL(`${name}/${file}`, goldens));
    const { answers, shap } = JSON.parse(read('golden.json'));
    const model = await loadModel(new Uint8Array(read('model.onnx')), { name });
    const { labels, columns } = model.metadata;
    assert.ok(shap.length >= 10);
    for (const [i, { row, explains, base, contributions }] of shap.entries()) {
      const cells = Object.fromEntries(columns.map((column) => [column.name, row[column.name]]));
      const said = await model.explain(cells, {
        counterfactual: false,
        ...(labels ? { label: explains } : {}),
      });
      if (labels) {
        assert.equal(said.label, answers.label[i]);
        for (const { label, probability } of said.probabilities) {
          const theirs = answers.probabilities[i * labels.length + labels.indexOf(label)];
          assert.ok(Math.abs(probability - theirs) < 1e-5, `${label}: ${probability}, ${theirs}`);
        }
      } else {
        assert.ok(Math.abs(said.value - answers.value[i]) < 1e-5 * Math.abs(answers.value[i]));
      }
      const size = Math.max(1, Math.abs(base), ...Object.values(contributions).map(Math.abs));
      assert.ok(Math.abs(said.base - base) < 1e-5 * size, `${said.base}, ${base} by shap`);
      assert.equal(said.contributions.length, columns.length);
      for (const { column, contribution } of said.contributions) {
        const apart = Math.abs(contribution - contributions[column]);
        assert.ok(apart < 1e-5 * size, `row ${i}, ${column}: ${apart} from shap`);
      }
    }
    model.dispose();
  });
}
