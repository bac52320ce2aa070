// What a build puts into the shop's folder of what visitors are about to do: learnt from the shop's
// log, or the shipped default and why; what the report, card.md and shop.json say of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { file, program, root, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';
import { visitLog } from './support/visit-log.mjs';

const folder = temporaryFolder();
const shipped = readFileSync(path.join(root, 'models/intents/model.onnx'));
const products = [0, 1, 2, 3, 4].map((i) => `p${i},Product ${i},${i + 1},c${i % 2}`);
const catalog = file(folder, 'products.csv', `sku,name,price,category\n${products.join('\n')}\n`);
const log = file(folder, 'events.csv', visitLog(1500));

async function built(name, ...args) {
  const out = path.join(folder, name);
  const result = await storewiseJson(['build', '--catalog', catalog, '--out', out, ...args]);
  assert.equal(result.status, 0, result.stderr);
  const at = (file) => path.join(out, file);
  const read = (file) => readFileSync(at(file), 'utf8');
  return {
    ...result.value,
    out,
    entry: JSON.parse(read('shop.json')).files.intents,
    model: existsSync(at('intents.onnx')) ? readFileSync(at('intents.onnx')) : undefined,
    report: read('report.html'),
    card: read('card.md'),
  };
}

const withLog = (name, csv, ...more) =>
  built(name, '--events', file(folder, `${name}.csv`, csv), ...more);

const entryOf = (model, source) => ({
  file: 'intents.onnx',
  bytes: model.length,
  sha256: createHash('sha256').update(model).digest('hex'),
  source,
});

describe('with a log', () => {
  let shop;
  before(async () => {
    shop = await built('own', '--events', log, '--licence', 'Apache-2.0');
  });

  test('the file is what `train intents` makes of it, and shop.json names it as the shop’s', async () => {
    const alone = path.join(folder, 'alone.onnx');
    const args = ['--events', log, '--catalog', catalog, '--licence', 'Apache-2.0', '--out', alone];
    const { value } = await storewiseJson(['train', 'intents', ...args]);
    assert.deepEqual(shop.model, readFileSync(alone));
    assert.deepEqual(shop.metrics.intents, value.metrics);
    assert.deepEqual(shop.entry, entryOf(shop.model, 'shop'));
    const { source, reason, visits, buyers, split } = shop.intents;
    assert.deepEqual(
      { source, reason, visits, buyers, split },
      { source: 'shop', reason: '', visits: 1500, buyers: value.buyers, split: 'time' },
    );
  });

  test('the report has its figures beside what is easy, and how true its probabilities are', () => {
    assert.match(shop.report, /<h2>What visitors are about to do<\/h2>/);
    assert.match(shop.report, /Learnt from 1,500 visits of your own log/);
    assert.ok(shop.report.indexOf('Who is about to buy') < shop.report.indexOf('about to leave<'));
    for (const { auc, baselines } of Object.values(shop.metrics.intents)) {
      const percent = (share) => `${(100 * share).toFixed(1)} %`;
      assert.ok(shop.report.includes(`AUC ${auc.value.toFixed(3)}`));
      assert.ok(shop.report.includes(`>${percent(auc.value)}<`));
      assert.ok(shop.report.includes(`>${percent(baselines.events.auc.value)}<`));
    }
    assert.equal(shop.report.match(/at how many of these moments/g).length, 2);
    assert.doesNotMatch(shop.report, /the default that storewise ships/);
    assert.ok(shop.report.includes('>intents.onnx<'));
    assert.match(shop.report, /visit\.predict\(/);
  });

  test('the card lists it with its figures', () => {
    const { auc } = shop.metrics.intents['purchase-intent'];
    assert.ok(shop.card.includes('`intents.onnx`'));
    assert.match(shop.card, /1,500 visits of this shop’s log/);
    assert.ok(shop.card.includes(`| purchase-intent | ${auc.value.toFixed(3)} (`));
    assert.match(shop.card, /Licence of what was learnt here: Apache-2\.0/);
  });

  test('pages of the log are no suggestions, and both tasks count what they left out', () => {
    const pages = shop.left_out.filter(({ reason }) => /^pages that are no product/.test(reason));
    assert.deepEqual(
      pages.map(({ count }) => count),
      [1500],
    );
    assert.equal(shop.products, 5);
  });
});

test('without a log the folder has the shipped default, marked as such everywhere', async () => {
  const orders = ['order_id,sku,time'];
  for (let o = 0; o < 60; ++o) {
    for (const item of [o % 5, (o + 1) % 5]) orders.push(`${o},p${item},2026-02-0${1 + (o % 9)}`);
  }
  const shop = await built('plain', '--orders', file(folder, 'orders.csv', orders.join('\n')));
  assert.deepEqual(shop.model, shipped);
  assert.deepEqual(shop.entry, entryOf(shipped, 'default'));
  const { source, reason, visits, licence } = shop.intents;
  assert.deepEqual([source, reason, visits], ['default', 'no log of visits was given', 12330]);
  assert.match(licence, /CC BY 4\.0/);
  assert.match(shop.report, /the default that storewise ships/);
  assert.match(shop.report, /has not been tested on your visitors/);
  assert.match(shop.report, /CC BY 4\.0/);
  assert.match(shop.report, /give that log \(--events\)/);
  assert.match(shop.card, /\*\*The default that storewise ships, not learnt from this shop\*\*/);
  assert.match(shop.card, /Sakar.*doi\.org.*CC BY 4\.0/);
  assert.ok(!shop.notes.some((note) => note.includes('default')));
});

for (const [name, csv, why] of [
  ['unsold', visitLog(300, { buying: 0 }), /at least 40 visits with a purchase.*0 with and 300/],
  ['small', visitLog(60), /at least 40 visits with a purchase.*found \d+ with/],
  ['stopped', visitLog(1500, { buying: 900 }), /the fifth that makes probabilities; found 0 with/],
  ['unnamed', visitLog(300).replace(',event,', ',what,'), /unnamed\.csv has no column "event"/],
  ['daily', visitLog(300).replaceAll(/T[\d:.]+Z/g, ''), /the times are no moments.*found days/],
]) {
  test(`a log that cannot teach (${name}) is said to, and the default is there`, async () => {
    // Without the column nothing tells the pages, whose item is empty.
    const usable = name === 'unnamed' ? csv.replaceAll(/^.*,home,.*\n/gm, '') : csv;
    const shop = await withLog(name, usable);
    assert.deepEqual(shop.entry, entryOf(shipped, 'default'));
    assert.match(shop.intents.reason, why);
    assert.ok(shop.notes.some((note) => /shipped default/.test(note) && why.test(note)));
    const text = shop.report.replaceAll('&quot;', '"');
    assert.match(text, why);
  });
}

test('--intents default takes no log, --intents off none at all and clears an earlier file away', async () => {
  const asked = await built('switched', '--events', log, '--intents', 'default');
  assert.deepEqual(asked.model, shipped);
  assert.equal(asked.intents.reason, 'the default was asked for');
  const off = await built('switched', '--events', log, '--intents', 'off');
  assert.equal(off.model, undefined);
  assert.equal(off.entry, undefined);
  assert.equal(off.intents, null);
  assert.equal(off.metrics.intents, null);
  assert.doesNotMatch(off.report, /What visitors are about to do|visit\.predict/);
  assert.doesNotMatch(off.card, /intents/);
  const wrong = await storewise(['build', '--events', log, '--out', folder, '--intents', 'no']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--intents.*auto or default or off.*no/);
});

test('a log that is not understood ends the build with its line and column, and a way out', async () => {
  const out = path.join(folder, 'refused');
  const winks = visitLog(300).replaceAll(',View,', ',wink,').replaceAll(',home,', ',blink,');
  const events = file(folder, 'winks.csv', winks);
  const args = ['build', '--events', events, '--catalog', catalog, '--out', out];
  const { status, value } = await storewiseJson(args);
  assert.equal(status, 1);
  const { code, file: name, place, expected, found } = value.error;
  assert.deepEqual(
    { code, name, place, found },
    { code: 'invalid-input', name: 'winks.csv', place: 'line 2, column event', found: '"blink"' },
  );
  assert.match(
    expected,
    /view, add, remove, purchase, products, account, information; or --intents/,
  );
  assert.ok(!existsSync(out));
  assert.equal((await storewiseJson([...args, '--intents', 'default'])).status, 0);
});

test('a page loads the folder, whichever intents it has', async () => {
  const { loadShop } = await import(pathToFileURL(path.join(program, '../../index.js')).href);
  for (const [name, source] of [
    ['own', 'shop'],
    ['plain', 'default'],
  ]) {
    const shop = await loadShop(pathToFileURL(path.join(folder, name, 'shop.json')).href);
    const visit = shop.visit({ storage: 'memory' });
    assert.equal(visit.recommend({ limit: 3 }).length, 3);
    visit.view('p1');
    const said = visit.predict('purchase-intent');
    assert.equal(said.source, source);
    visit.addToCart('p1');
    visit.addToCart('p2');
    const likelier = visit.predict('purchase-intent').probability;
    // The default knows no baskets: the data that taught it have none.
    if (source === 'shop') assert.ok(likelier > said.probability + 0.2, `${likelier}`);
    shop.dispose();
  }
  const without = await loadShop(pathToFileURL(path.join(folder, 'switched', 'shop.json')).href);
  assert.throws(() => without.visit().predict('purchase-intent'), { code: 'unsupported' });
  without.dispose();
});

test('the same files give the same bytes', async () => {
  const shop = await built('again', '--events', log, '--licence', 'Apache-2.0');
  for (const name of Object.keys(shop.files)) {
    const [one, two] = ['own', 'again'].map((at) => readFileSync(path.join(folder, at, name)));
    assert.deepEqual(one, two, name);
  }
});
