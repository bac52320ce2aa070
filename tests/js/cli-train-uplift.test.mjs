// `storewise train uplift` on a mailing as a shop has it: what moves whom is found, the file says in
// storewise and in ONNX Runtime what the report says, a page asks it by names, and what is no
// experiment is refused with file, line and column.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-web';
import { loadModel } from 'storewise';
import { file, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);
const kHeader = 'visits,spent,source,member,mailing,opened,bought,basket';

/** A letter moves those with many visits, a gift those from a search. */
function mailing(count, { lucky = false } = {}) {
  let state = 77;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: count }, () => {
    const visits = Math.floor(random() * 20);
    const source = ['mail', 'search', 'social'][Math.floor(random() * 3)];
    const chosen = lucky && visits > 12 && random() < 0.9;
    const sent = chosen ? 'letter' : ['No mail', 'letter', 'gift'][Math.floor(random() * 3)];
    const chance =
      0.1 +
      (sent === 'letter' ? 0.03 * visits : 0) +
      (sent === 'gift' && source === 'search' ? 0.5 : 0);
    const bought = random() < chance;
    return {
      visits,
      spent: random() < 0.1 ? '' : (random() * 100).toFixed(2),
      source,
      member: random() < 0.5 ? 'yes' : 'no',
      mailing: sent,
      opened: sent !== 'No mail' && random() < 0.1 ? 'yes' : 'no',
      bought: bought ? 'yes' : 'no',
      basket: bought ? (20 + random() * 30).toFixed(2) : '0',
    };
  });
}

const csv = (rows) =>
  `${kHeader}\n${rows
    .map((row) =>
      kHeader
        .split(',')
        .map((name) => row[name])
        .join(','),
    )
    .join('\n')}\n`;

const train = ['train', 'uplift', '--target', 'bought', '--treatment', 'mailing'];

async function refused(args, ...parts) {
  const { status, stderr } = await storewise([...train.slice(0, 2), ...args]);
  assert.notEqual(status, 0, stderr);
  for (const part of parts) assert.ok(stderr.includes(part), `"${part}" is not in: ${stderr}`);
}

describe('train uplift', () => {
  const rows = mailing(6000);
  let report;
  let bytes;

  before(async () => {
    const input = file(folder, 'mailing.csv', csv(rows));
    const made = await storewiseJson([
      ...[...train, '--input', input, '--drop', 'basket', '--out', at('mail.onnx')],
    ]);
    assert.equal(made.status, 0, made.stderr);
    report = made.value;
    bytes = readFileSync(at('mail.onnx'));
  });

  test('finds the control, the treatments and what was written down after them', () => {
    assert.equal(report.control, 'No mail');
    assert.deepEqual(report.arms, ['gift', 'letter']);
    const column = (name) => report.columns.find((one) => one.name === name);
    assert.equal(column('opened').used, false);
    assert.match(column('opened').reason, /differs between the arms/);
    for (const name of ['visits', 'spent', 'source', 'member']) assert.ok(column(name).used, name);
    assert.ok(report.balance.auc > 0.45 && report.balance.auc < 0.6);
  });

  test('orders people better than chance on rows that it did not see', () => {
    for (const { arm, metrics, intervals, groups, curve } of report.effects) {
      assert.ok(intervals.qini[0] > 0, arm);
      assert.ok(intervals.qini[0] <= metrics.qini && metrics.qini <= intervals.qini[1]);
      assert.ok(metrics.auuc > metrics.auuc_random, arm);
      assert.ok(Math.abs(metrics.auuc_random - metrics.effect / 2) < 1e-12);
      assert.equal(groups.length, 10);
      assert.ok(groups[0].effect > groups[9].effect + 0.2, arm);
      assert.deepEqual(curve[0], [0, 0]);
      assert.equal(curve.at(-1)[0], 1);
    }
    assert.equal(report.importance.length, 4);
    const [gift, letter] = report.effects;
    assert.ok(letter.intervals.effect[0] < 0.285 && letter.intervals.effect[1] > 0.285);
    assert.ok(gift.intervals.effect[0] < 1 / 6 && gift.intervals.effect[1] > 1 / 6);
  });

  test('the file says in storewise and in ONNX Runtime what the report says', async () => {
    const model = await loadModel(bytes);
    const asked = report.examples.map(({ line }) => rows[line - 2]);
    const inputs = Object.fromEntries(
      model.metadata.columns.map(({ name, input, kind }) => [
        input,
        kind === 'category'
          ? asked.map((row) => row[name])
          : Float32Array.from(asked, (row) =>
              row[name] === '' ? Number.NaN : kind === 'boolean' ? row[name] === 'yes' : row[name],
            ),
      ]),
    );
    const dims = [asked.length, 1];
    const ours = model.run(
      Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, { dims, data }])),
    ).value;
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const theirs = await session.run(
      Object.fromEntries(
        Object.entries(inputs).map(([name, data]) => [
          name,
          new ort.Tensor(data instanceof Float32Array ? 'float32' : 'string', data, dims),
        ]),
      ),
    );
    await session.release();
    assert.deepEqual([...ours.dims], [asked.length, 2]);
    report.examples.forEach(({ uplift }, i) => {
      uplift.forEach((value, a) => {
        assert.ok(Math.abs(ours.data[2 * i + a] - value) < 1e-5, `row ${i}`);
        assert.ok(
          Math.abs(theirs.value.data[2 * i + a] - value) < 1e-5,
          `row ${i} in ONNX Runtime`,
        );
      });
    });
    model.dispose();
  });

  test('a page asks by names: the best treatment first, and why', async () => {
    const model = await loadModel(bytes);
    const row = { visits: 2, spent: 10, source: 'search', member: false };
    const said = await model.predict(row);
    assert.deepEqual(
      said.uplifts.map(({ treatment }) => treatment),
      ['gift', 'letter'],
    );
    assert.equal(said.value, said.uplifts[0].uplift);
    assert.equal(said.label, null);
    assert.ok(said.value > 0.35 && said.value < 0.65);
    const often = await model.predict({ ...row, visits: 19, source: 'mail' });
    assert.equal(often.uplifts[0].treatment, 'letter');

    const why = await model.explain(row);
    assert.equal(why.explains, 'gift');
    assert.equal(why.contributions[0].column, 'source');
    assert.ok(Math.abs(why.score - said.value) < 1e-5);
    assert.match(why.text, /^gift changes bought by 0\.\d+/);
    const letter = await model.explain(row, { label: 'letter' });
    assert.equal(letter.contributions[0].column, 'visits');
    assert.ok(letter.contributions[0].contribution < 0);
    await assert.rejects(model.explain(row, { label: 'call' }), /no treatment "call"/);
    model.dispose();
  });

  test('the report tells the curve, the tenths and the limits', () => {
    const html = readFileSync(at('mail.report.html'), 'utf8');
    for (const part of ['Qini curve of gift', 'Tenth', 'Was it drawn by chance?', '<svg']) {
      assert.ok(html.includes(part), part);
    }
    assert.ok(!html.includes('<script'));
  });

  test('a number as target, 0 and 1 as treatment, and figures for people', async () => {
    const two = rows
      .filter((row) => row.mailing !== 'gift')
      .map((row) => ({ ...row, mailing: row.mailing === 'letter' ? 1 : 0 }));
    const input = file(folder, 'two.csv', csv(two));
    const { status, stdout, stderr } = await storewise([
      ...['train', 'uplift', '--input', input, '--target', 'basket', '--treatment', 'mailing'],
      ...['--drop', 'bought', '--drop', 'opened'],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /1: changes basket by \+\d+\.\d+ on average/);
    assert.match(stdout, /Qini .* better than random targeting/);
    assert.match(stdout, /Wrote nothing/);
    assert.ok(!stdout.includes('NaN') && !stdout.includes('undefined'), stdout);
  });

  test('refuses what is no experiment, with file, line and column', async () => {
    const write = (name, change) => {
      const copy = rows.slice(0, 900).map((row) => ({ ...row }));
      change(copy);
      return file(folder, name, csv(copy));
    };
    const base = ['--target', 'bought', '--treatment', 'mailing', '--drop', 'basket', '--input'];
    const gap = write('gap.csv', (copy) => {
      copy[7].mailing = '';
    });
    await refused([...base, gap], 'gap.csv', 'line 9, column 5 ("mailing")', 'an empty cell');
    const one = write('one.csv', (copy) => {
      for (const row of copy) row.mailing = 'letter';
    });
    await refused([...base, one], 'one.csv', 'column "mailing"', 'one arm alone', '"letter"');
    const few = write('few.csv', (copy) => {
      for (const [i, row] of copy.entries())
        if (row.mailing === 'gift' && i > 90) row.mailing = 'letter';
    });
    await refused([...base, few], 'few.csv', 'too few rows', '"gift"');
    const names = write('names.csv', (copy) => {
      for (const row of copy) if (row.mailing === 'No mail') row.mailing = 'card';
    });
    await refused([...base, names], 'which value is the control', '--control', '"card"');
    await refused([...base, names, '--control', 'post'], '--control', '"card"', '"post"');
    const lucky = file(folder, 'lucky.csv', csv(mailing(6000, { lucky: true })));
    await refused([...base, lucky], 'lucky.csv', 'does not look drawn by chance', '"visits"');
    await refused(
      ['--target', 'source', '--treatment', 'mailing', '--input', gap],
      'column "source"',
      'numbers, or yes and no',
    );
    await refused(['--target', 'bought', '--treatment', 'letters', '--input', gap], '"letters"');
  });
});
