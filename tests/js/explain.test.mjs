// Predictions and reasons by the names of a table's columns, for a model of every kind: reasons sum to
// what the model's file answers, and the change that is said to flip an answer does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { InputError, loadModel } from 'storewise';
import { file, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';

const folder = temporaryFolder();

// Visits that end in a purchase when many pages were read, from a search above all.
function table(count) {
  let state = 11;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const lines = ['pages,spent,source,member,day,bought,value'];
  for (let i = 0; i < count; i++) {
    const pages = Math.floor(random() * 30);
    const spent = random() < 0.1 ? '' : (random() * 100).toFixed(2);
    const source = ['mail', 'search', 'social'][Math.floor(random() * 3)];
    const member = random() < 0.5 ? 'yes' : 'no';
    const day = new Date(Date.UTC(2023, 0, 1 + Math.floor(random() * 300)));
    const score = 0.2 * pages + (source === 'search' ? 2 : 0) + (member === 'yes' ? 1 : 0);
    const bought = score + 2 * random() > 5 ? 'yes' : 'no';
    const value = (3 * pages + (source === 'search' ? 20 : 0) + 5 * random()).toFixed(1);
    lines.push(
      [pages, spent, source, member, day.toISOString().slice(0, 10), bought, value].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

const csv = file(folder, 'visits.csv', table(400));
const row = { pages: 21, spent: 12.5, source: 'search', member: true, day: '2023-05-04' };
const kinds = ['tree', 'forest', 'boosted', 'svm', 'logistic'];
const models = new Map();

before(async () => {
  for (const kind of [...kinds, 'linear']) {
    const target = kind === 'linear' ? 'value' : 'bought';
    const drop = kind === 'linear' ? 'bought' : 'value';
    const out = `${folder}/${kind}.onnx`;
    const { status, stderr } = await storewise([
      ...['train', kind, '--input', csv, '--target', target, '--out', out, '--drop', drop],
    ]);
    assert.equal(status, 0, stderr);
    models.set(kind, await loadModel(new Uint8Array(readFileSync(out)), { name: kind }));
  }
});

const sum = (explanation) =>
  explanation.contributions.reduce((all, { contribution }) => all + contribution, explanation.base);

describe('model.predict and model.explain', () => {
  for (const kind of kinds) {
    test(`${kind}: the reasons sum to the answer, for either class`, async () => {
      const model = models.get(kind);
      const predicted = await model.predict(row);
      assert.equal(predicted.label, 'yes');
      for (const label of ['yes', 'no']) {
        const said = await model.explain(row, { label });
        assert.equal(said.label, predicted.label);
        assert.deepEqual(said.probabilities, predicted.probabilities);
        assert.equal(said.explains, label);
        assert.ok(Math.abs(sum(said) - said.score) < 1e-9);
        const { probability } = said.probabilities.find((one) => one.label === label);
        const answer =
          said.scale === 'log-odds' ? Math.log(probability / (1 - probability)) : probability;
        assert.ok(Math.abs(said.score - answer) < 1e-3, `${said.score} for ${answer}`);
        assert.deepEqual(
          said.contributions.map(({ column }) => column).sort(),
          model.metadata.columns.map(({ name }) => name).sort(),
        );
        assert.ok(
          Math.abs(said.contributions[0].contribution) >=
            Math.abs(said.contributions[1].contribution),
        );
      }
    });

    test(`${kind}: the counterfactual flips the answer`, async () => {
      const model = models.get(kind);
      const { counterfactual, label } = await model.explain(row);
      assert.notEqual(counterfactual, null);
      const { column, to } = counterfactual;
      const changed = await model.predict({ ...row, [column]: to });
      assert.equal(changed.label, counterfactual.label);
      assert.notEqual(changed.label, label);
      assert.match(counterfactual.text, new RegExp(`${column} = `));
      if (column === 'pages') assert.ok(Number.isInteger(Number(to)), 'pages come whole');
    });
  }

  test('the methods are the exact ones where there are any', async () => {
    const of = async (kind) => (await models.get(kind).explain(row)).method;
    assert.equal(await of('tree'), 'tree-shap');
    assert.equal(await of('forest'), 'tree-shap');
    assert.equal(await of('boosted'), 'tree-shap');
    assert.equal(await of('logistic'), 'linear');
    assert.equal(await of('linear'), 'linear');
    assert.equal(await of('svm'), 'sampled');
  });

  test('a sampled explanation starts from the ordinary row of the training part', async () => {
    const model = models.get('svm');
    const ordinary = Object.fromEntries(
      model.metadata.columns.map(({ name, kind, usual }) => [
        name,
        kind === 'date' ? new Date(usual * 86_400_000) : usual,
      ]),
    );
    assert.ok(['mail', 'search', 'social'].includes(ordinary.source), ordinary.source);
    assert.ok(ordinary.pages > 9 && ordinary.pages < 20, String(ordinary.pages));
    const { probabilities } = await model.predict(ordinary);
    const { base } = await model.explain(row, { label: 'yes' });
    const { probability } = probabilities.find(({ label }) => label === 'yes');
    assert.ok(Math.abs(base - probability) < 1e-5, `${base} for ${probability}`);
  });

  test('a number is explained in its own units', async () => {
    const said = await models.get('linear').explain(row);
    assert.equal(said.label, null);
    assert.equal(said.scale, 'number');
    assert.ok(Math.abs(sum(said) - said.value) < 1e-2);
    assert.equal(said.counterfactual, null);
    assert.equal(said.contributions[0].column, 'pages');
    assert.match(said.text, /^value = [\d.]+: pages = 21 raises it/);
  });

  test('a tree tells its way in words, and the row goes that way', async () => {
    const { path, text } = await models.get('tree').explain(row);
    assert.ok(path.length > 0);
    for (const step of path) {
      assert.ok(text.includes(step.text));
      if (step.column !== 'pages') continue;
      assert.ok(step.above === null || row.pages > step.above);
      assert.ok(step.atMost === null || row.pages <= step.atMost);
    }
    const chinese = await models.get('tree').explain(row, { language: 'zh' });
    assert.match(chinese.text, /^bought = yes，可能性/);
  });

  test('missing cells, dates and words for yes are understood', async () => {
    const model = models.get('boosted');
    const other = await model.predict({
      ...row,
      spent: null,
      member: 'yes',
      day: new Date('2023-05-04'),
    });
    assert.equal(other.label, 'yes');
    const as = async (member) => (await model.predict({ ...row, member })).probabilities;
    assert.deepEqual(await as(1), await as('YES'));
  });

  test('what does not fit is refused by the name of the column', async () => {
    const model = models.get('forest');
    const { pages: _, ...short } = row;
    const refuses = (given, place) =>
      assert.rejects(
        model.predict(given),
        (error) => error instanceof InputError && error.place === place,
      );
    await refuses(short, 'pages');
    await refuses({ ...row, pages: 'many' }, 'pages');
    await refuses({ ...row, member: 'perhaps' }, 'member');
    await refuses({ ...row, day: 'yesterday' }, 'day');
    await assert.rejects(model.explain(row, { label: 'maybe' }), /no class "maybe".*no, yes/);
  });
});

describe('storewise explain', () => {
  test('explains a row of a file', async () => {
    const at = ['explain', `${folder}/forest.onnx`, '--input', csv, '--row', '3'];
    const { value: said } = await storewiseJson(at);
    assert.equal(said.row, 3);
    assert.ok(Math.abs(sum(said) - said.score) < 1e-9);
    const { stdout, status } = await storewise(at);
    assert.equal(status, 0);
    assert.match(stdout, /An average row scores .* this one/);
  });

  test('says what is wrong with a row or a file', async () => {
    const model = `${folder}/tree.onnx`;
    const far = await storewise(['explain', model, '--input', csv, '--row', '401']);
    assert.equal(far.status, 1);
    assert.match(far.stderr, /no row 401 \(expected a row from 1 to 400/);
    const other = file(folder, 'other.csv', 'pages,source\n1,mail\n');
    const lacking = await storewise(['explain', model, '--input', other]);
    assert.equal(lacking.status, 1);
    assert.match(lacking.stderr, /other\.csv: there is no column/);
  });
});
