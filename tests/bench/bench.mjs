// `npm run bench`: sizes, cold start, and time per call, time to open and memory against ONNX Runtime
// Web on the same model files, in Node and in Chromium, and training on Online Retail. Times depend on
// the machine; the ratios are of one run, all sides in turn, one thread. Nothing here passes or fails.
//
//   --json          one object instead of text
//   --only NAME     only models with NAME in their name, and no other section
//   --node          only what runs in Node;  --chromium  only what runs in Chromium
//
// The engine is dist/storewise.wasm for the shipped models and dist/storewise-onnx.wasm for the made
// ones, as loadModel chooses, or the files that STOREWISE_WASM and STOREWISE_ONNX_WASM name.
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import * as ort from 'onnxruntime-web';
import { withChromium } from './chromium.mjs';
import { dataFile, withTemporaryFolder } from './data.mjs';
import { kSettings, measure } from './measure.mjs';
import { madeModels } from './models.mjs';
import { goalOf, kLegend, tableOf, timesAsFast } from './table.mjs';
import { median, percentile } from './timing.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    node: { type: 'boolean', default: false },
    chromium: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const { loadModel, loadShop } = await import(pathToFileURL(path.join(root, 'dist/index.js')).href);
const ortFolder = path.join(root, 'node_modules/onnxruntime-web/dist');
const wasmFile = process.env.STOREWISE_WASM ?? path.join(root, 'dist/storewise.wasm');
const onnxWasmFile = process.env.STOREWISE_ONNX_WASM ?? path.join(root, 'dist/storewise-onnx.wasm');
const wasm = await WebAssembly.compile(readFileSync(wasmFile));
const onnxWasm = await WebAssembly.compile(readFileSync(onnxWasmFile));
const engines = ['ours', ...Object.keys(kSettings)];
const kPredictions = ['purchase-intent', 'leave-intent', 'price-sensitivity', 'category-affinity'];
const round = (value, digits = 4) => Number(value.toPrecision(digits));

/** Each shipped model, then the made ones. */
async function chosenModels() {
  const wanted = (name) =>
    options.only === undefined || name.toLowerCase().includes(options.only.toLowerCase());
  const shipped = [];
  const folder = path.join(root, 'models');
  for (const file of readdirSync(folder, { recursive: true }).sort()) {
    // Replies are asked for piece by piece, not by one call.
    if (!file.endsWith('.onnx') || /^(recipes|replies)/.test(file)) continue;
    const name = file.replace(/(\/model)?\.onnx$/, '');
    if (!wanted(name)) continue;
    const opened = await loadModel(new Uint8Array(readFileSync(path.join(folder, file))), { name });
    // As much of it as inputsFor() reads: it becomes an argument of commands.
    const { kind, items, features, columns, categories, length, side, ink, numbers, words } =
      opened.metadata;
    const metadata = columns
      ? { kind, columns }
      : {
          ...{ kind, features, length, side, ink, numbers, words },
          items: { length: items?.length },
          categories: { length: categories?.length },
        };
    opened.dispose();
    shipped.push({
      ...{ name, path: path.join(folder, file), metadata, shipped: true },
      // The tasks' module has what recommenders and classifiers of questions need, and no more.
      forShops: kind === 'recommender' || kind === 'classifier',
    });
  }
  return [...shipped, ...madeModels(wanted)];
}
const models = await chosenModels();
if (models.length === 0) throw new Error(`no model has "${options.only}" in its name`);

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}

function sizes() {
  const files = {
    'storewise.wasm, for shops (goal <= 100 KB)': wasmFile,
    'storewise-onnx.wasm, every operator (goal <= 100 KB)': onnxWasmFile,
    'storewise JavaScript (index.js, goal <= 12 KB)': path.join(root, 'dist/index.js'),
    'ONNX Runtime Web wasm': path.join(ortFolder, 'ort-wasm-simd-threaded.wasm'),
    'ONNX Runtime Web JavaScript (ort.wasm.min.mjs)': path.join(ortFolder, 'ort.wasm.min.mjs'),
    'storewise-train.wasm (command line only)': path.join(root, 'dist/storewise-train.wasm'),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => {
      const bytes = readFileSync(file);
      return [name, { bytes: bytes.length, brotli: brotli(bytes) }];
    }),
  );
}

// { ours, default, unpacked }: { wasm, process? }, bytes; the file's own are taken off the former.
async function memoryBy(bytes, ask) {
  const memory = {};
  for (const engine of engines) {
    const { wasm: held, ...others } = await ask(engine);
    memory[engine] = { wasm: held - bytes, ...others };
  }
  return memory;
}

// A model that cannot be measured is told instead of stopping the others.
async function eachModel(measureOne) {
  const results = [];
  for (const model of models) {
    const bytes = readFileSync(model.path).length;
    try {
      results.push({ ...model, bytes, ...(await measureOne(model, bytes)) });
    } catch (error) {
      results.push({ ...model, bytes, failed: error.message });
    }
  }
  return results;
}

const memoryScript = fileURLToPath(new URL('memory.mjs', import.meta.url));
const run = promisify(execFile);

function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function modelsInNode() {
  ort.env.wasm.numThreads = 1;
  return eachModel(async (model, size) => {
    const bytes = new Uint8Array(readFileSync(model.path));
    const modules = {
      loadModel,
      ort,
      wasm: model.forShops ? wasm : onnxWasm,
      clock: processorTime,
    };
    const figures = await measure(modules, bytes, model);
    const file = model.forShops ? wasmFile : onnxWasmFile;
    const memory = await memoryBy(size, async (engine) => {
      const request = JSON.stringify({ engine, wasm: file, model });
      const { stdout } = await run(process.execPath, [memoryScript, request]);
      return JSON.parse(stdout);
    });
    return { figures, memory };
  });
}

/** Calls of the shop's own interface: text and SKUs in, results with reasons out. */
async function tasks() {
  const shop = await loadShop(pathToFileURL(path.join(root, 'models/demo-shop/shop.json')).href, {
    wasm,
  });
  const visit = shop.visit({ storage: 'memory' });
  const catalogue = JSON.parse(
    readFileSync(path.join(root, 'models/demo-shop/catalogue.json'), 'utf8'),
  );
  for (let i = 0; i < 20; i += 1) visit.view(catalogue.id[i * 37]);
  const questions = JSON.parse(
    readFileSync(path.join(root, 'models/demo-shop/faq.json'), 'utf8'),
  ).entries.map((entry) => entry.question.en);
  const each = (body) => {
    const samples = [];
    for (let i = 0; i < 2000; i += 1) {
      const start = performance.now();
      body(i);
      samples.push(performance.now() - start);
    }
    return { 'p50 ms': round(median(samples)), 'p95 ms': round(percentile(samples, 0.95)) };
  };
  const result = {
    [`recommend, ${catalogue.count} products, session of 20, top 20 with rules and reasons (goal p95 <= 0.3)`]:
      each(() => visit.recommend({ slot: 'for-you', limit: 20 })),
    'one question answered (goal p95 <= 0.2)': each((i) =>
      shop.ask(questions[i % questions.length], { language: 'en' }),
    ),
    'offers for a visit': each(() => visit.offers({ limit: 3 })),
  };
  for (const kind of kPredictions) {
    result[`predict ${kind} with reasons (goal p95 <= 1)`] = each(() => visit.predict(kind));
  }
  shop.dispose();
  return result;
}

const site = {
  folders: {
    dist: path.join(root, 'dist'),
    ort: ortFolder,
    bench: path.join(root, 'tests/bench'),
  },
  files: {
    '/dist/storewise.wasm': wasmFile,
    '/dist/storewise-onnx.wasm': onnxWasmFile,
    ...Object.fromEntries(models.map((model, i) => [`/models/${i}.onnx`, model.path])),
  },
};
const urlOf = (model) => `/models/${models.indexOf(model)}.onnx`;

const modelsInChromium = () =>
  withChromium(site, (inFreshPage) =>
    eachModel(async (model, size) => ({
      figures: await inFreshPage('measure', urlOf(model), model),
      memory: await memoryBy(size, async (engine) => ({
        wasm: await inFreshPage('memory', urlOf(model), model, engine),
      })),
    })),
  );

// The shipped models, which storewise.wasm runs, and of the made ones, for storewise-onnx.wasm, those of
// about the same size.
const coldInChromium = () =>
  withChromium(site, async (inFreshPage) => {
    const result = {};
    const isOfSize = ({ path: file }) => Math.abs(readFileSync(file).length - 1.75e6) < 0.75e6;
    for (const model of models.filter((one) => one.shipped || isOfSize(one))) {
      const [ours, theirs] = [[], []];
      for (let i = 0; i < 7; i += 1) {
        ours.push(await inFreshPage('coldStorewise', urlOf(model), model));
        theirs.push(await inFreshPage('coldOnnxRuntime', urlOf(model), model));
      }
      result[model.name] = {
        'storewise ms': round(median(ours)),
        'ONNX Runtime Web ms': round(median(theirs)),
        'times as fast (goal >= 20)': round(median(theirs.map((time, i) => time / ours[i])), 3),
      };
    }
    return result;
  });

/** Trains on all of Online Retail by the command line, in WebAssembly; peak memory of the process. */
function training() {
  const file = dataFile('online_retail/OnlineRetail.csv.gz');
  if (!file) return undefined;
  return withTemporaryFolder((folder) => {
    const script = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'));`;
    const preload = `data:text/javascript,${encodeURIComponent(script)}`;
    const train = (...extra) => {
      const trained = spawnSync(
        process.execPath,
        [
          '--import',
          preload,
          path.join(root, 'dist/cli/main.js'),
          'train',
          'recommender',
          '--events',
          file,
          '--out',
          path.join(folder, 'm.onnx'),
          '--json',
          ...extra,
        ],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
      );
      if (trained.status !== 0) throw new Error(trained.stderr);
      const { items, sessions, seconds, bytes } = JSON.parse(trained.stdout);
      return {
        items,
        sessions,
        seconds,
        bytes,
        'peak MB': Math.round(Number(/peak (\d+)/.exec(trained.stderr)[1]) / 1024),
      };
    };
    return { 'tune off': train('--tune', 'off'), 'tune on': train('--tune', 'on') };
  });
}

// For --json: the figures as they are, with what the table works out of them.
function summary(results) {
  return results.map(({ path: _, metadata: __, inputs: ___, ...result }) =>
    result.failed
      ? result
      : {
          ...result,
          'times as fast': timesAsFast(result.figures),
          goal: goalOf(result),
        },
  );
}

const both = options.node === options.chromium;
const inNode = both || options.node;
const inChromium = both || options.chromium;
const all = options.only === undefined;
const sections = [
  ['Sizes in bytes', all && both && sizes],
  ['Models in Node', inNode && modelsInNode],
  ['Models in Chromium', inChromium && modelsInChromium],
  ['Chromium, cold start: fetch, compile, open, first output', all && inChromium && coldInChromium],
  ['Node, the shop interface on the demo shop', all && inNode && tasks],
  [
    'Training on Online Retail (541,909 order lines), WebAssembly under Node',
    all && both && training,
  ],
];
const results = {};
let legend = kLegend;
for (const [title, section] of sections) {
  const result = section && (await section());
  if (!result) continue;
  results[title] = Array.isArray(result) ? summary(result) : result;
  if (options.json) continue;
  console.log(`\n${title}`);
  if (Array.isArray(result)) {
    for (const line of legend) console.log(`  ${line}`);
    legend = [];
    const lines = tableOf(result.filter(({ figures }) => figures));
    for (const line of lines) console.log(`  ${line}`);
    for (const { name, failed } of result.filter((one) => one.failed)) {
      console.log(`  ${name}: not measured: ${failed}`);
    }
    continue;
  }
  for (const [name, figures] of Object.entries(result)) {
    console.log(
      `  ${name}: ${JSON.stringify(figures).replaceAll(/[{}"]/g, '').replaceAll(',', ', ').replaceAll(':', ' ')}`,
    );
  }
}
if (options.json) console.log(JSON.stringify(results, null, 2));
process.exit(0);
