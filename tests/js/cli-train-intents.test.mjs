// `storewise train intents`: from a log of events and from a table of visits to the file that pages
// ask, its figures against what is easy, ONNX Runtime's answers, and what is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-web';
import { file, root, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';
import { generator, visitLog as log } from './support/visit-log.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = temporaryFolder();

const events = file(folder, 'events.csv', log(1500));
const catalog = file(
  folder,
  'products.csv',
  `sku,name,price,category\n${[0, 1, 2, 3, 4].map((i) => `p${i},Product ${i},${i + 1},c${i % 2}`).join('\n')}\n`,
);
const out = path.join(folder, 'intents.onnx');

describe('from a log', () => {
  let report;
  before(async () => {
    const args = ['train', 'intents', '--events', events, '--catalog', catalog, '--out', out];
    report = (await storewiseJson(args)).value;
  });

  test('both intents are told better than by the number of events alone', () => {
    assert.equal(report.split, 'time');
    assert.equal(report.visits, 1500);
    for (const intent of ['purchase-intent', 'leave-intent']) {
      const { auc, baselines, calibration_error, log_loss } = report.metrics[intent];
      assert.ok(auc.value > baselines.events.auc.value, intent);
      assert.ok(auc.low < auc.value && auc.value < auc.high, intent);
      assert.ok(log_loss.value < baselines.base_rate.log_loss.value, intent);
      assert.ok(calibration_error < 0.1, intent);
    }
    assert.ok(report.bytes <= 20 * 1024, `${report.bytes} bytes`);
  });

  test('the same file and seed give the same bytes', async () => {
    const again = path.join(folder, 'again.onnx');
    const args = ['train', 'intents', '--events', events, '--catalog', catalog, '--out', again];
    assert.equal((await storewise(args)).status, 0);
    assert.deepEqual(readFileSync(again), readFileSync(out));
  });

  test('without sessions a visit ends at a pause; events of other kinds are left out', async () => {
    const [header, ...lines] = log(1500).trimEnd().split('\n');
    const rows = lines.map((line) => line.split(','));
    const byUser = rows.map(([, item, time, event, user]) => [item, time, event, user].join(','));
    const more = rows
      .filter((_, i) => i % 3 === 0)
      .map(([, , time, , user]) => `,${time},scroll,${user}`);
    const csv = `item,time,event,user\n${[...byUser, ...more].join('\n')}\n`;
    assert.match(header, /^session,/);
    const users = file(folder, 'users.csv', csv);
    const args = ['train', 'intents', '--events', users, '--catalog', catalog, '--out', out];
    const { value } = await storewiseJson(args);
    assert.equal(value.visits, report.visits);
    assert.equal(value.buyers, report.buyers);
    const others = value.left_out.find(({ reason }) => reason === 'events of other kinds');
    assert.deepEqual([others.count, others.examples], [more.length, ['scroll']]);
    assert.match(value.notes.join(), /no session column/);
  });

  test('ONNX Runtime opens it; a full basket speaks for buying', async () => {
    const session = await ort.InferenceSession.create(readFileSync(out));
    const text = readFileSync(out).toString('latin1');
    const names = JSON.parse(/"features":(\[[^\]]*\])/.exec(text)[1]);
    const row = (changes) =>
      new ort.Tensor(
        'float32',
        Float32Array.from(names, (name) => changes[name] ?? 0),
        [1, 26],
      );
    const buying = async (changes) =>
      (await session.run({ visit: row(changes) }))['purchase-intent'].data[1];
    const visit = { views: 5, product_pages: 6, pages: 6, products: 4, seconds: 200 };
    const looking = await buying(visit);
    const choosing = await buying({ ...visit, adds: 3, basket_pieces: 3, basket_value: 8 });
    assert.ok(choosing > looking, `${choosing} after ${looking}`);
  });
});

test('a table of visits gives a purchase intent and a pace', async () => {
  const random = generator(9);
  const rows = ['pages,seconds,returning,purchase'];
  for (let i = 0; i < 800; ++i) {
    let pages = 1;
    while (random() < 0.9) pages += 1;
    const seconds = Array.from({ length: pages - 1 }, () => -30 * Math.log(1 - random()));
    const bought = pages > 15 && random() < 0.6 ? 1 : 0;
    rows.push(`${pages},${seconds.reduce((a, b) => a + b, 0)},${random() < 0.5},${bought}`);
  }
  const table = file(folder, 'visits.csv', `${rows.join('\n')}\n`);
  const args = ['train', 'intents', '--visits', table, '--source', 'default', '--out', out];
  const { value } = await storewiseJson(args);
  assert.equal(value.split, 'drawn');
  assert.ok(value.metrics['purchase-intent'].auc.value > 0.8);
  // Of ten pages one is the last.
  const [a, b] = value.intents['leave-intent'].pace;
  assert.ok(Math.abs(a / (a + b) - 0.1) < 0.02, `${a} ${b}`);
});

describe('refused', () => {
  const refused = async (args, pattern) => {
    const { status, stderr } = await storewise(['train', 'intents', ...args, '--out', out]);
    assert.notEqual(status, 0);
    assert.match(stderr, pattern);
  };

  test('no file, or two', async () => {
    await refused([], /either --events or --visits/);
    await refused(['--events', events, '--visits', events], /either --events or --visits/);
  });

  test('a log without purchases, without events, with unknown ones', async () => {
    const none = file(folder, 'none.csv', log(300, { buying: 0 }));
    await refused(['--events', none], /who will buy.*0 with and 300 without/);
    const bare = file(folder, 'bare.csv', 'session,item,time\na,b,2026-01-05 10:00:00\n');
    await refused(['--events', bare], /no column "event"/);
    const odd = file(folder, 'odd.csv', 'session,item,time,event\na,b,2026-01-05 10:00:00,wink\n');
    await refused(['--events', odd], /line 2, column event.*view, add.*wink/);
    const mostly = `${log(200)}${'v0,p0,2026-01-05 10:00:00,scroll,,\n'.repeat(3000)}`;
    const other = file(folder, 'other-events.csv', mostly);
    await refused(['--events', other], /the event is not known; nor in 2999 more of .*"scroll"/);
    const steps = file(folder, 'steps.csv', 'session,item,time,event\na,b,1,view\na,c,2,view\n');
    await refused(['--events', steps], /the times are no moments.*found steps/);
  });

  test('a log of days, of nobody, or whose purchases stopped', async () => {
    const days = log(200).replaceAll(/T[\d:.]+Z/g, '');
    await refused(['--events', file(folder, 'days.csv', days)], /no moments.*found days/);
    const nobody = file(folder, 'nobody.csv', 'item,time,event\na,2026-01-05 10:00:00,view\n');
    await refused(['--events', nobody], /no column "session".*"item", "time", "event"/);
    const stopped = file(folder, 'stopped.csv', log(1500, { buying: 900 }));
    await refused(['--events', stopped], /the fifth that makes probabilities.*0 with and 300/);
  });

  test('a table without the answer, or with none of a visit’s numbers', async () => {
    const lacking = file(folder, 'lacking.csv', 'pages,seconds\n1,2\n');
    await refused(['--visits', lacking], /no column "purchase"/);
    const other = file(folder, 'other.csv', 'colour,purchase\nred,1\n');
    await refused(['--visits', other], /no column that tells of the visits/);
    const text = file(folder, 'text.csv', 'pages,purchase\nmany,1\n');
    await refused(['--visits', text], /line 2, column pages.*a number.*many/);
  });
});

test('the shipped default is small, and says what it is', () => {
  const model = readFileSync(path.join(root, 'models/intents/model.onnx'));
  assert.ok(model.length <= 20 * 1024);
  const text = model.toString('latin1');
  assert.match(text, /"source":"default"/);
  assert.match(text, /CC BY 4\.0/);
});
