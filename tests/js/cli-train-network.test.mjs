// `storewise train cnn`, `lstm` and `mlp`: that the model's file answers what the CSV holds as the
// report says, in storewise and in ONNX Runtime, with int8 and with float weights; and that wrong files
// are refused with file, line and column.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import * as ort from 'onnxruntime-web';
import { loadModel, textWords } from 'storewise';
import { generator } from '../bench/inputs.mjs';
import { file, storewise, storewiseJson, temporaryFolder } from './cli-helpers.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = temporaryFolder();
const at = (...names) => path.join(folder, ...names);

const kSubjects = {
  order: ['where is my', 'track the', 'has the courier lost my', 'when comes my'],
  refund: [
    'i want back the money for my',
    'refund the',
    'pay me back for this',
    'money for a broken',
  ],
  退货: ['我想退货', '怎么退回', '能不能退', '退货地址'],
};

/** Texts of three classes; numbers and punctuation between. */
function texts(count) {
  const next = generator(3);
  return Array.from({ length: count }, (_, i) => {
    const label = Object.keys(kSubjects)[i % 3];
    const start = kSubjects[label][next(4)];
    const thing = ['parcel', 'kettle', 'lamp', '"big" chair', '水壶'][next(5)];
    return { text: `${start} ${thing}, no. ${next(40)}${'?'.repeat(next(3))}`, label };
  });
}

/** Pictures 8 x 8 with an upright, a flat or a slanting line over noise, 0 to 255. */
function pictures(count) {
  const next = generator(4);
  return Array.from({ length: count }, (_, i) => {
    const label = ['upright', 'flat', 'slanting'][i % 3];
    const place = next(8);
    const pixels = Array.from({ length: 64 }, (_, p) => {
      const [x, y] = [p % 8, Math.trunc(p / 8)];
      const lit = [x === place, y === place, (x + place) % 8 === y][i % 3];
      return next(120) + (lit ? 130 : 0);
    });
    return { pixels, label };
  });
}

const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
const textCsv = (rows) =>
  `question,label\n${rows.map(({ text, label }) => `${cell(text)},${label}`).join('\n')}\n`;
const kPixelNames = Array.from({ length: 64 }, (_, i) => `pixel${i}`);
const pictureCsv = (rows) =>
  `label,${kPixelNames.join(',')}\n${rows.map(({ pixels, label }) => `${label},${pixels.join(',')}`).join('\n')}\n`;

const textRows = texts(240);
const pictureRows = pictures(240);
let textFile;
let pictureFile;

before(() => {
  textFile = file(folder, 'texts.csv', textCsv(textRows));
  pictureFile = file(folder, 'pictures.csv', pictureCsv(pictureRows));
});

/** The rows as the model's input: words with "" behind the last, or pixels. */
function inputOf(rows) {
  if (rows[0].pixels !== undefined) {
    const data = Float32Array.from(rows.flatMap(({ pixels }) => pixels));
    return { pixels: { dims: [rows.length, 8, 8, 1], data } };
  }
  const lists = rows.map(({ text }) => textWords(text));
  const most = Math.max(...lists.map(({ length }) => length));
  const data = lists.flatMap((list) => [...list, ...Array(most - list.length).fill('')]);
  return { words: { dims: [rows.length, most], data } };
}

async function inStorewise(bytes, inputs) {
  const model = await loadModel(bytes);
  const outputs = model.run(inputs);
  model.dispose();
  return outputs;
}

async function inOnnxRuntime(bytes, inputs) {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  const feeds = Object.entries(inputs).map(([name, { dims, data }]) => [
    name,
    new ort.Tensor(data instanceof Float32Array ? 'float32' : 'string', data, dims),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return outputs;
}

function assertSays(outputs, { examples, labels, task }, tolerance, where) {
  for (const [i, example] of examples.entries()) {
    if (task === 'regress') {
      assert.ok(Math.abs(outputs.value.data[i] - example.value) <= tolerance, `${where}, ${i}`);
      continue;
    }
    assert.equal(outputs.label.data[i], example.label, `${where}, row ${i}`);
    for (const [k, p] of example.probabilities.entries()) {
      const apart = Math.abs(outputs.probabilities.data[i * labels.length + k] - p);
      assert.ok(apart <= tolerance, `${where}, row ${i}: ${apart}`);
    }
  }
}

const kFast = ['--epochs', '12', '--learning-rate', '0.01'];
const kKinds = [
  ['cnn', 'pictures', []],
  ['cnn', 'pictures', ['--float', '--filters', '12,24', '--units', '40,20']],
  ['cnn', 'texts', []],
  ['lstm', 'texts', []],
  ['lstm', 'texts', ['--float', '--bidirectional', '--units', '24']],
  ['lstm', 'texts', ['--cell', 'gru', '--split', 'shuffle-numpy']],
  ['lstm', 'texts', ['--cell', 'rnn']],
];

describe('networks of pictures and texts', () => {
  for (const [kind, of, options] of kKinds) {
    test(`train ${[kind, ...options].join(' ')}: a file of ${of} answers as the report says, in storewise and ONNX Runtime`, async () => {
      const rows = of === 'texts' ? textRows : pictureRows;
      const input = of === 'texts' ? textFile : pictureFile;
      const out = at(`${[kind, of, ...options].join('')}.onnx`.replaceAll(/[-,]/g, ''));
      const { status, value: result } = await storewiseJson([
        ...['train', kind, '--input', input, '--target', 'label', '--out', out],
        ...[...kFast, ...options],
      ]);
      assert.equal(status, 0, JSON.stringify(result));
      assert.ok(result.accuracy > 0.85, `accuracy ${result.accuracy}`);
      assert.equal(result.split.training, 192);
      assert.equal(result.split.test, 48);
      assert.equal(result.settings.precision, options.includes('--float') ? 'float' : 'int8');
      assert.ok(result.settings.validation_rows >= 17 && result.settings.validation_rows <= 21);
      assert.ok(result.curve.length > 1 && result.curve.length <= 12);
      const bytes = new Uint8Array(readFileSync(out));
      assert.equal(bytes.length, result.bytes);
      const asked = result.examples.map(({ line }) => rows[line - 2]);
      assert.deepEqual(
        asked.map(({ label }) => label),
        result.examples.map(({ truth }) => truth),
      );
      const inputs = inputOf(asked);
      assertSays(await inOnnxRuntime(bytes, inputs), result, 2e-5, 'ONNX Runtime');
      assertSays(await inStorewise(bytes, inputs), result, 2e-3, 'storewise');
      const report = readFileSync(result.report, 'utf8');
      assert.match(report, /How it learnt/);
      assert.doesNotMatch(report, /undefined|NaN/);
    });
  }

  test('a text is answered alike alone and beside longer ones, and one without words is answered', async () => {
    const bytes = new Uint8Array(readFileSync(at('lstmtexts.onnx')));
    const model = await loadModel(bytes);
    const some = texts(6).map(({ text }) => text);
    const together = model.run(inputOf(some.map((text) => ({ text }))));
    for (const [i, text] of some.entries()) {
      const alone = model.run({
        words: { dims: [1, textWords(text).length], data: textWords(text) },
      });
      assert.equal(alone.label.data[0], together.label.data[i]);
      for (let k = 0; k < 3; k += 1) {
        const apart = Math.abs(
          alone.probabilities.data[k] - together.probabilities.data[i * 3 + k],
        );
        assert.ok(apart < 1e-3, String(apart));
      }
    }
    const empty = model.run({ words: { dims: [1, 1], data: textWords(' ... ') } });
    assert.equal(empty.probabilities.data.length, 3);
    const { metadata, labels } = model.description;
    assert.equal(metadata.kind, 'lstm');
    assert.equal(metadata.text.column, 'question');
    assert.deepEqual([...(metadata.labels ?? labels)].sort(), Object.keys(kSubjects).sort());
    model.dispose();
  });

  test('textWords takes words of letters and digits, and Chinese characters one by one', () => {
    assert.deepEqual(textWords('Don’t SHIP №5 to Zürich!'), [
      'dont',
      'ship',
      'no5',
      'to',
      'zürich',
    ]);
    assert.deepEqual(textWords('退货OK吗?ｶﾅ'), ['退', '货', 'ok', '吗', 'カ', 'ナ']);
    assert.deepEqual(textWords(' —?! '), ['']);
  });

  test('the same seed gives the same bytes, int8 is smaller than float, and nothing is written unasked', async () => {
    const train = async (name, ...options) => {
      const out = at(name);
      const input = ['--input', textFile, '--target', 'label'];
      const { status } = await storewiseJson(['train', 'cnn', ...input, '--out', out, ...options]);
      assert.equal(status, 0);
      return readFileSync(out);
    };
    const short = ['--epochs', '3'];
    const first = await train('a.onnx', ...short);
    assert.ok(first.equals(await train('b.onnx', ...short)));
    assert.ok(!first.equals(await train('c.onnx', ...short, '--seed', '7')));
    assert.ok((await train('d.onnx', ...short, '--float')).length > 2 * first.length);
    const { status, stdout } = await storewise([
      ...['train', 'cnn', '--input', pictureFile, '--target', 'label', ...short],
    ]);
    assert.equal(status, 0);
    assert.match(stdout, /Accuracy: 0\.\d+ \(/);
    assert.match(stdout, /pixel0 to pixel63: pictures, 8 x 8 x 1/);
    assert.match(stdout, /Wrote nothing/);
    assert.ok(!existsSync(at('pictures.report.html')));
  });

  test('numbers are learnt from pictures, in their own units', async () => {
    const next = generator(6);
    const rows = pictures(240).map(({ pixels }) => {
      const light = 1 + next(10);
      const dimmed = pixels.map((pixel) => Math.trunc((pixel * light) / 10));
      return { pixels: dimmed, label: (5000 + 10 * light + next(10)).toFixed(1) };
    });
    const input = file(folder, 'bright.csv', pictureCsv(rows));
    const out = at('bright.onnx');
    const { status, value: result } = await storewiseJson([
      ...['train', 'cnn', '--input', input, '--target', 'label', '--out', out, ...kFast],
    ]);
    assert.equal(status, 0, JSON.stringify(result));
    assert.ok(result.r2 > 0.5, `R2 ${result.r2}`);
    const inputs = inputOf(result.examples.map(({ line }) => rows[line - 2]));
    assertSays(await inOnnxRuntime(new Uint8Array(readFileSync(out)), inputs), result, 0.05, 'ort');
  });
});

describe('a network of a table', () => {
  test('train mlp: columns of all kinds, learnt, answered alike in ONNX Runtime, and explained', async () => {
    const next = generator(8);
    const rows = Array.from({ length: 400 }, () => {
      const [pages, spent, source] = [next(30), next(9) === 0 ? '' : next(1000) / 10, next(3)];
      const label = pages + (source === 1 ? 14 : 0) + next(6) > 24 ? 'yes' : 'no';
      return { pages, spent, source: ['mail', 'search', 'direct'][source], label };
    });
    const csv = `pages,spent,source,label\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`;
    const input = file(folder, 'visits.csv', csv);
    const out = at('mlp.onnx');
    const { status, value: result } = await storewiseJson([
      ...['train', 'mlp', '--input', input, '--target', 'label', '--out', out],
      ...['--units', '24,12', '--epochs', '40', '--learning-rate', '0.005'],
    ]);
    assert.equal(status, 0, JSON.stringify(result));
    assert.ok(result.accuracy > 0.85, `accuracy ${result.accuracy}`);
    assert.equal(result.settings.units, '24, 12');
    assert.equal(result.importance[0].column, 'pages');
    assert.match(readFileSync(result.report, 'utf8'), /How it learnt/);
    const asked = result.examples.map(({ line }) => rows[line - 2]);
    const column = (name) =>
      name === 'source'
        ? asked.map((row) => row.source)
        : Float32Array.from(asked, (row) => (row[name] === '' ? Number.NaN : row[name]));
    const inputs = Object.fromEntries(
      ['pages', 'spent', 'source'].map((name) => [
        name,
        { dims: [asked.length, 1], data: column(name) },
      ]),
    );
    const bytes = new Uint8Array(readFileSync(out));
    assertSays(await inOnnxRuntime(bytes, inputs), result, 2e-5, 'ONNX Runtime');
    assertSays(await inStorewise(bytes, inputs), result, 2e-3, 'storewise');
    const explained = await storewiseJson(['explain', out, '--input', input, '--row', '3']);
    assert.equal(explained.status, 0, JSON.stringify(explained.value));
    assert.equal(explained.value.contributions.length, 3);
  });
});

describe('what cannot be learnt from is refused', () => {
  const refused = async (args, ...expected) => {
    const { status, value: result } = await storewiseJson(['train', ...args, '--target', 'label']);
    assert.notEqual(status, 0);
    const said = result.error.message ?? JSON.stringify(result);
    for (const pattern of expected) assert.match(said, pattern);
  };

  /** The pictures with one cell that is another. */
  const spoilt = (name, row, column, text) => {
    const rows = pictureCsv(pictureRows)
      .split('\n')
      .map((line) => line.split(','));
    rows[row][column] = text;
    return file(folder, name, rows.join('\n'));
  };

  test('a pixel that is no number, with line and column', async () => {
    const input = spoilt('dark.csv', 7, 4, 'dark');
    await refused(
      ['cnn', '--input', input, '--shape', '8x8'],
      /dark\.csv/,
      /line 8, column 5 \("pixel3"\)/,
      /"dark"/,
      /--drop/,
    );
  });

  test('a pixel that is missing, with line and column', async () => {
    const input = spoilt('hole.csv', 9, 64, '');
    await refused(
      ['cnn', '--input', input],
      /hole\.csv/,
      /line 10, column "pixel63"/,
      /an empty cell/,
    );
  });

  test('pixels that make no square, and a shape that does not fit them', async () => {
    const input = file(
      folder,
      'five.csv',
      `a,b,c,d,e,label\n${Array.from({ length: 30 }, (_, i) => `${i},2,3,4,5,${i % 2 === 0 ? 'x' : 'y'}`).join('\n')}\n`,
    );
    await refused(['cnn', '--input', input], /no square picture/, /--shape/, /5 columns/);
    await refused(['cnn', '--input', input, '--shape', '2x2x1'], /4 columns/, /5 columns/);
    await refused(['cnn', '--input', input, '--shape', 'big'], /28x28x1/, /big/);
    await refused(['lstm', '--input', input], /no column of texts/, /"a": number/);
  });

  test('options that fit nothing', async () => {
    await refused(['lstm', '--input', textFile, '--units', '0'], /--units/, /1 to 4096/);
    await refused(['lstm', '--input', textFile, '--text', 'label'], /target/);
    await refused(['lstm', '--input', textFile, '--text', 'none'], /there is no column/);
    await refused(['lstm', '--input', textFile, '--dropout', '2'], /--dropout/, /0\.95/);
    await refused(
      ['cnn', '--input', textFile, '--text', 'question', '--shape', '8x8'],
      /--shape or --text/,
    );
    await refused(['lstm', '--input', textFile, '--split', 'time', '--time', 'question'], /time/);
  });

  test('texts whose words never come twice', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      text: `w${i}a w${i}b`,
      label: i % 2 === 0 ? 'x' : 'y',
    }));
    const input = file(folder, 'once.csv', textCsv(rows));
    await refused(['lstm', '--input', input], /once\.csv/, /words that come twice or more/);
  });
});
