// The examples in README.md do what they say: the build command on small files of the kinds it
// names, the lines of JavaScript on what it made, and a model for ONNX Runtime.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cliModule } from './cli-helpers.mjs';
import { onnxModel, tensor } from './support/onnx.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'storewise-readme-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const block = (language, containing) =>
  [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, name, text]) => name === language && text.includes(containing))
    .map(([, , text]) => text)[0];

const url = (...names) => pathToFileURL(path.join(...names)).href;
const shopFile = url(folder, 'storewise/shop.json');

/**
 * Runs the example of README.md that has `containing`, with the built package and `files` in place of
 * the paths it names, as NAME.mjs in the folder; `more` is code behind it. Gives what it printed.
 */
function runExample(name, containing, files, more = '') {
  const places = {
    storewise: url(root, 'dist/index.js'),
    'storewise/intents': url(root, 'dist/intents.js'),
    ...files,
  };
  let example = block('js', containing);
  for (const [named, place] of Object.entries(places)) {
    example = example.replace(`'${named}'`, `'${place}'`);
  }
  const program = path.join(folder, `${name}.mjs`);
  writeFileSync(program, example + more);
  const ran = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

function writeShop() {
  const skus = Array.from({ length: 12 }, (_, i) => `sku-${i + 1}`);
  writeFileSync(
    path.join(folder, 'products.csv'),
    `sku,name,price\n${skus.map((sku, i) => `${sku},Product ${i + 1},${i + 1}.50`).join('\n')}\n`,
  );
  const lines = [];
  for (let order = 0; order < 120; order += 1) {
    for (const step of [0, 1, 3]) {
      const sku = skus[(order + step) % skus.length];
      lines.push(`o${order},${sku},1,2.00,2026-01-${String(1 + (order % 28)).padStart(2, '0')}`);
    }
  }
  writeFileSync(
    path.join(folder, 'orders.csv'),
    `order_id,sku,quantity,price,time\n${lines.join('\n')}\n`,
  );
  writeFileSync(
    path.join(folder, 'faq.csv'),
    [
      'question,answer',
      'where is my parcel?,Look at the link in your e-mail.',
      'where is my order now?,Look at the link in your e-mail.',
      'can I return shoes?,Within 14 days.',
      'how do I send something back?,Within 14 days.',
    ].join('\n'),
  );
}

test('the build command makes a shop, and the example recommends with reasons and answers', () => {
  writeShop();
  const command = /npx storewise (build .*)/.exec(block('sh', 'storewise build'))[1];
  const built = spawnSync(
    process.execPath,
    [path.join(root, 'dist/cli/main.js'), ...command.split(' ')],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.equal(built.status, 0, built.stderr);

  const stdout = runExample('example', 'loadShop', { '/storewise/shop.json': shopFile });
  assert.match(stdout, /sku-\d+ \{/);
  assert.match(stdout, /kind: '(viewed|in-basket)'/);
  assert.match(stdout, /share: 0?\.?\d/);
  assert.match(stdout, /^(answer|clarify|handoff) /m);
});

test('the example of intents says how likely, by which model, and why, and ends', () => {
  const stdout = runExample('intents', 'visit.predict', { '/storewise/shop.json': shopFile });
  assert.match(stdout, /^0\.\d+ default \{\n {2}feature: '[a-z_]+',\n {2}value: /);
  assert.match(stdout, /^\d+% likely to buy in this visit \(a mean visit: \d+%\); .+\.$/m);
});

test('the example of replies greets and answers by approved sentences', () => {
  const stdout = runExample('replies', 'replies.onnx', {
    '/models/replies.onnx': url(root, 'models/replies/model.onnx'),
  });
  assert.match(stdout, /^Hello! You can follow order 10423 under My orders; .+\.$/m);
});

test('the example of a table model trains, predicts and explains', () => {
  const lines = ['pages,source,member,bought'];
  for (let i = 0; i < 300; i += 1) {
    const [pages, source] = [(i * 7) % 30, ['mail', 'search', 'social'][(i * 5) % 3]];
    const member = (i * 11) % 2 === 0 ? 'yes' : 'no';
    const score = pages + (source === 'search' ? 8 : 0) + ((i * 13) % 9);
    lines.push(`${pages},${source},${member},${score > 20 ? 'yes' : 'no'}`);
  }
  writeFileSync(path.join(folder, 'data.csv'), `${lines.join('\n')}\n`);
  const train = /`storewise (train tree --input data\.csv) --target label \[--out M\.onnx\]/.exec(
    readme,
  )[1];
  const args = [...train.split(' '), '--target', 'bought', '--out', 'bought.onnx'];
  const trained = spawnSync(process.execPath, [path.join(root, 'dist/cli/main.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(trained.status, 0, trained.stderr);
  assert.match(trained.stdout, /^Accuracy: [01]\.\d{4} /m);
  const stdout = runExample('bought', 'bought.onnx', {
    '/models/bought.onnx': url(folder, 'bought.onnx'),
  });
  const [said, text, reasons] = stdout.split('\n');
  assert.match(said, /^yes (0\.\d+|1)$/);
  assert.match(text, /^bought = yes, \d+ % likely: /);
  assert.match(reasons, /^\{/);
  assert.match(stdout, /with \w+ = .* instead it would be bought = no/);
});

test('the example of a model that needs ONNX Runtime says which engine it took and why', () => {
  const model = onnxModel({
    inputs: [['samples', 'float', [512]]],
    outputs: [['power', 'float', [512]]],
    nodes: [['Sin', ['samples'], ['power']]],
  });
  writeFileSync(path.join(folder, 'waves.onnx'), model);
  const files = { '/models/waves.onnx': url(folder, 'waves.onnx') };
  const stdout = runExample('waves', 'waves.onnx', files, '\nconsole.log(power.dims);');
  assert.match(stdout, /^onnxruntime storewise does not support Sin of opset 17, at node "Sin_/);
  assert.match(stdout, /\[ 512 \]/);
});

test('the commands for any ONNX model do what they say', async () => {
  const float = onnxModel({
    inputs: [['x', 'float', [4, 16]]],
    outputs: [['y', 'float', [4, 32]]],
    initializers: [
      tensor(
        'w',
        'float',
        [16, 32],
        Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * i)),
      ),
    ],
    nodes: [['MatMul', ['x', 'w'], ['y']]],
  });
  writeFileSync(path.join(folder, 'model.onnx'), float);
  const { writeNpz } = await cliModule('npy');
  const data = Float32Array.from({ length: 64 }, (_, i) => Math.cos(i * i));
  const samples = writeNpz(new Map([['x', { type: 'float', dims: [4, 16], data }]]));
  writeFileSync(path.join(folder, 'samples.npz'), samples);
  const commands = [...block('sh', 'storewise quantize').matchAll(/npx storewise (.*)/g)];
  assert.equal(commands.length, 2);
  for (const [, command] of commands) {
    const ran = spawnSync(
      process.execPath,
      [path.join(root, 'dist/cli/main.js'), ...command.split(' ')],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.equal(ran.status, 0, ran.stderr);
  }
  const sizes = ['model.onnx', 'small.onnx'].map(
    (name) => readFileSync(path.join(folder, name)).length,
  );
  assert.ok(sizes[1] < sizes[0]);
  assert.ok(readFileSync(path.join(folder, 'outputs.npz')).length > 512);
});

test('the commands that README.md names are commands', () => {
  const help = spawnSync(process.execPath, [path.join(root, 'dist/cli/main.js'), '--help'], {
    encoding: 'utf8',
  }).stdout;
  const named = [
    ...readme.matchAll(/`storewise ((?:train|eval) \w+|build|inspect|quantize|run|serve)/g),
  ];
  assert.ok(named.length >= 9);
  for (const [, name] of named) assert.ok(help.includes(name), name);
});
