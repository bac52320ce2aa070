// Damaged copies of every shipped file on the shipped wasm: an error or a valid answer, never a trap,
// and the instance answers the next good call as before.
//
//   npm run fuzz:models -- [--flips N] [--every N] [--only NAME]      10000 flips unless told
//
// Each file of models/demo-shop is cut off at every byte, of large ones at every 64th (--every), and
// opened with random bits flipped; the models of the parity tests likewise, with a tenth of the flips.
// The seed is fixed. A copy that ends badly is written to build/fuzz/found and the command fails.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadShop, StorewiseError } from '../../dist/index.js';
import { main, root } from '../../web/tools/run.mjs';
import { damaged, survey } from './damage.mjs';
import { customersSubject, goldenSubjects, shopSubjects } from './subjects.mjs';

const kFolder = path.join(root, 'models/demo-shop');
const kLarge = 65536;
const kSeed = 20260101;

const compiled = (file) => new WebAssembly.Module(readFileSync(path.join(root, 'dist', file)));

/** shop.json is read by the package: damaged copies of it, the other files as they are. */
async function surveyManifest(wasm, damage) {
  const bytes = new Uint8Array(readFileSync(path.join(kFolder, 'shop.json')));
  const report = { tried: 0, opened: 0, memoryBytes: 0, failures: [] };
  for (const [what, copy] of damaged(bytes, { ...damage, isModel: false })) {
    report.tried += 1;
    const fetch = async (url) => {
      const name = path.basename(new URL(url).pathname);
      if (name === 'shop.json') return new Response(copy.slice());
      try {
        return new Response(readFileSync(path.join(kFolder, name)));
      } catch {
        return new Response('', { status: 404 });
      }
    };
    try {
      const shop = await loadShop('https://shop.example/shop.json', { wasm, fetch });
      report.opened += 1;
      shop.dispose();
    } catch (error) {
      if (error instanceof StorewiseError) continue;
      report.failures.push({ name: 'shop.json', damage: what, error, bytes: copy.slice() });
    }
  }
  return report;
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      flips: { type: 'string', default: '10000' },
      every: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const flips = Number(values.flips);
  const every = (bytes) => Number(values.every ?? (bytes.byteLength > kLarge ? 64 : 1));
  const found = path.join(root, 'build/fuzz/found');
  const totals = { tried: 0, failures: 0 };
  const wanted = (name) => values.only === undefined || name === values.only;
  const show = (name, report) => {
    totals.tried += report.tried;
    totals.failures += report.failures.length;
    const memory = report.memoryBytes > 0 ? `, ${Math.ceil(report.memoryBytes / 2 ** 20)} MB` : '';
    console.log(
      `${name}: ${report.tried} damaged copies, ${report.opened} opened${memory}, ` +
        `${report.failures.length} failures`,
    );
    report.failures.forEach(({ damage, error, bytes }, i) => {
      mkdirSync(found, { recursive: true });
      const file = path.join(found, `${name}-${i}`);
      writeFileSync(file, bytes);
      console.log(`  ${damage}: ${error}; ${path.relative(root, file)}`);
    });
  };

  const shopWasm = compiled('storewise.wasm');
  for (const subject of shopSubjects(kFolder)) {
    if (!wanted(subject.name)) continue;
    const isModel = subject.name.endsWith('.onnx');
    const damage = { every: every(subject.bytes), flips, seed: kSeed, isModel };
    show(subject.name, survey(shopWasm, subject, damage));
  }
  if (wanted('shop.json')) {
    show('shop.json', await surveyManifest(shopWasm, { every: 1, flips, seed: kSeed }));
  }
  const allOperators = compiled('storewise-onnx.wasm');
  for (const subject of [customersSubject(kFolder), ...goldenSubjects()]) {
    if (!wanted(subject.name)) continue;
    const damage = { every: 16, flips: Math.ceil(flips / 10), seed: kSeed, isModel: true };
    show(subject.name, survey(allOperators, subject, damage));
  }
  console.log(`${totals.tried} damaged copies, ${totals.failures} failures`);
  if (totals.failures > 0) process.exitCode = 1;
});
