// `npm run bench`: sizes, cold start and time per call against ONNX Runtime Web on the same model
// files, in Node and in Chromium, and training on Online Retail. Times depend on the machine;
// the ratios are of one run, both sides in turn, one thread. --json for one object.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { chromium } from '@playwright/test';
import * as ort from 'onnxruntime-web';
import { dataFile, withTemporaryFolder } from './data.mjs';
import { inputsFor } from './inputs.mjs';
import { compare, median, percentile } from './timing.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { loadModel, loadShop } = await import(pathToFileURL(path.join(root, 'dist/index.js')).href);
const ortFolder = path.join(root, 'node_modules/onnxruntime-web/dist');
const models = ['recommender', 'classifier'].map((name) => ({
  name,
  file: path.join(root, `models/demo-shop/${name}.onnx`),
}));
const round = (value, digits = 4) => Number(value.toPrecision(digits));

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
    'storewise.wasm': path.join(root, 'dist/storewise.wasm'),
    'storewise JavaScript (index.js)': path.join(root, 'dist/index.js'),
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

async function inNode() {
  ort.env.wasm.numThreads = 1;
  const results = {};
  for (const { name, file } of models) {
    const bytes = new Uint8Array(readFileSync(file));
    const model = await loadModel(bytes.slice(), { name });
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const inputs = inputsFor(model.metadata);
    const ours = Object.fromEntries(Object.entries(inputs).map(([key, { data }]) => [key, data]));
    const theirs = Object.fromEntries(
      Object.entries(inputs).map(([key, { type, dims, data }]) => [
        key,
        new ort.Tensor(type, data, dims),
      ]),
    );
    const times = await compare(
      () => model.run(ours),
      () => session.run(theirs),
    );
    results[name] = rounded(times);
    model.dispose();
  }
  return results;
}

const rounded = ({ ours, theirs, ratio }) => ({
  'storewise ms': round(ours),
  'ONNX Runtime Web ms': round(theirs),
  'times as fast': round(ratio, 3),
});

/** Calls of the shop's own interface: text and SKUs in, results with reasons out. */
async function tasks() {
  const shop = await loadShop(pathToFileURL(path.join(root, 'models/demo-shop/shop.json')).href);
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
    [`recommend, ${catalogue.count} products, session of 20, top 20 with rules and reasons`]: each(
      () => visit.recommend({ slot: 'for-you', limit: 20 }),
    ),
    'one question answered': each((i) =>
      shop.ask(questions[i % questions.length], { language: 'en' }),
    ),
    'offers for a visit': each(() => visit.offers({ limit: 3 })),
  };
  shop.dispose();
  return result;
}

async function inChromium() {
  const folders = {
    dist: path.join(root, 'dist'),
    ort: ortFolder,
    bench: path.join(root, 'tests/bench'),
    models: path.join(root, 'models/demo-shop'),
  };
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.mjs': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = createServer((request, response) => {
    const [, folder, ...rest] = request.url.split('/');
    if (request.url === '/')
      return response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>bench</title>');
    const base = folders[folder];
    const file = base && path.join(base, ...rest);
    try {
      if (!file?.startsWith(base)) throw new Error('outside');
      const bytes = readFileSync(file);
      response
        .setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream')
        .end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const inFreshPage = async (body, ...args) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(address);
      return await page.evaluate(body, args);
    } finally {
      await context.close();
    }
  };
  const result = {};
  try {
    for (const { name, file } of models) {
      const model = await loadModel(new Uint8Array(readFileSync(file)), { name });
      const metadata = model.metadata;
      model.dispose();
      const url = `/models/${name}.onnx`;
      const cold = { ours: [], theirs: [] };
      for (let i = 0; i < 7; i += 1) {
        cold.ours.push(
          await inFreshPage(
            async ([u, m]) => (await import('/bench/page.mjs')).coldStorewise(u, m),
            url,
            metadata,
          ),
        );
        cold.theirs.push(
          await inFreshPage(
            async ([u, m]) => (await import('/bench/page.mjs')).coldOnnxRuntime(u, m),
            url,
            metadata,
          ),
        );
      }
      const ratio = median(cold.theirs.map((theirs, i) => theirs / cold.ours[i]));
      result[name] = {
        'cold start': rounded({ ours: median(cold.ours), theirs: median(cold.theirs), ratio }),
        'one call': rounded(
          await inFreshPage(
            async ([u, m]) => (await import('/bench/page.mjs')).callTimes(u, m),
            url,
            metadata,
          ),
        ),
      };
    }
  } finally {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  }
  return result;
}

/** Trains on all of Online Retail by the command line, in WebAssembly; peak memory of the process. */
function training() {
  const file = dataFile('online_retail/OnlineRetail.csv.gz');
  if (!file) return undefined;
  return withTemporaryFolder((folder) => {
    const script = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'));`;
    const preload = `data:text/javascript,${encodeURIComponent(script)}`;
    const train = (...extra) => {
      const run = spawnSync(
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
      if (run.status !== 0) throw new Error(run.stderr);
      const { items, sessions, seconds, bytes } = JSON.parse(run.stdout);
      return {
        items,
        sessions,
        seconds,
        bytes,
        'peak MB': Math.round(Number(/peak (\d+)/.exec(run.stderr)[1]) / 1024),
      };
    };
    return { 'tune off': train('--tune', 'off'), 'tune on': train('--tune', 'on') };
  });
}

const sections = {
  'Sizes in bytes': sizes,
  'Node, time per call on the same model file': inNode,
  'Node, the shop interface on the demo shop': tasks,
  'Chromium, the same model file': inChromium,
  'Training on Online Retail (541,909 order lines), WebAssembly under Node': training,
};
const json = process.argv.includes('--json');
const results = {};
for (const [title, section] of Object.entries(sections)) {
  const result = await section();
  if (!result) continue;
  results[title] = result;
  if (json) continue;
  console.log(`\n${title}`);
  for (const [name, figures] of Object.entries(result)) {
    if (figures !== undefined)
      console.log(
        `  ${name}: ${JSON.stringify(figures).replaceAll(/[{}"]/g, '').replaceAll(',', ', ').replaceAll(':', ' ')}`,
      );
  }
}
if (json) console.log(JSON.stringify(results, null, 2));
process.exit(0);
