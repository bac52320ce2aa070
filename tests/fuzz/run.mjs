// Builds the libFuzzer programs and runs each for a number of executions.
//
//   npm run fuzz -- [--runs N] [--target NAME]... [--jobs N]       100000 runs unless told
//
// reader: bytes as an ONNX file; model: opened and run, with fusion and without; request: JSON to a
// shop and a shop's files; text: the tokeniser. AddressSanitizer and UndefinedBehaviorSanitizer watch;
// memory that leaks is looked for after the runs, over all of the corpus. Seeds: tests/fuzz/corpus,
// the committed parity models and, where libonnx-testdata is installed, ONNX's own small cases. What
// is found on the way stays in build/fuzz/corpus for the next time; an input that ends badly is
// written to build/fuzz/found and the command fails. To run such an input again:
//
//   build/fuzz/tests/fuzz/fuzz_NAME build/fuzz/found/FILE
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../../web/tools/build.mjs';
import { filesUnder, main, root, runAndKeep, say } from '../../web/tools/run.mjs';
import { setUp } from '../../web/tools/setup.mjs';

// Longest inputs in bytes: what is shorter runs faster, and most faults need little.
const kTargets = {
  reader: { longest: 512, seedModels: true },
  model: { longest: 512, seedModels: true },
  request: { longest: 512 },
  text: { longest: 256 },
};
const kCases = '/usr/include/onnx/backend/test/data/node';

/** Copies the seeds of a target into its working corpus; gives the folder. */
function prepareCorpus(name, { longest, seedModels }) {
  const corpus = path.join(root, 'build/fuzz/corpus', name);
  mkdirSync(corpus, { recursive: true });
  const seeds = filesUnder(`tests/fuzz/corpus/${name}`).map((file) => path.join(root, file));
  if (seedModels) {
    for (const file of filesUnder('tests/golden/parity')) {
      if (file.endsWith('.onnx')) seeds.push(path.join(root, file));
    }
    for (const folder of existsSync(kCases) ? readdirSync(kCases) : []) {
      const file = path.join(kCases, folder, 'model.onnx');
      if (existsSync(file)) seeds.push(file);
    }
  }
  for (const file of seeds) {
    if (statSync(file).size > longest) continue;
    const unique = path.relative(root, file).replaceAll(/[^A-Za-z0-9]+/g, '-');
    copyFileSync(file, path.join(corpus, unique));
  }
  return corpus;
}

/** Runs a program on its corpus; libFuzzer's own messages pass through. */
function libFuzzer(name, corpus, options, environment) {
  const found = path.join(root, 'build/fuzz/found');
  mkdirSync(found, { recursive: true });
  const dictionary = path.join(root, `tests/fuzz/${name}.dict`);
  return runAndKeep(
    `build/fuzz/tests/fuzz/fuzz_${name}`,
    [
      corpus,
      `-max_len=${kTargets[name].longest}`,
      `-artifact_prefix=${found}/${name}-`,
      '-timeout=20',
      '-rss_limit_mb=4096',
      ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []),
      ...options,
    ],
    { env: { ...process.env, ...environment } },
  );
}

/** Runs a target; gives { name, status, executed, coverage }. */
async function fuzz(name, runs) {
  const corpus = prepareCorpus(name, kTargets[name]);
  // Stack traces of every allocation and a long quarantine cost half of the speed; an input that
  // ends badly can be run again with them.
  const { status, output } = await libFuzzer(
    name,
    corpus,
    [`-runs=${runs}`, '-detect_leaks=0', '-entropic=0', '-print_final_stats=1'],
    { ASAN_OPTIONS: 'malloc_context_size=0:quarantine_size_mb=16' },
  );
  const executed = /number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 'unknown';
  const coverage = [...output.matchAll(/ cov: (\d+) ft: (\d+)/g)].at(-1);
  const leaks =
    status === 0 ? await libFuzzer(name, corpus, ['-runs=0', '-verbosity=0'], {}) : null;
  return {
    name,
    executed,
    coverage: coverage ? `${coverage[1]} edges, ${coverage[2]} features` : 'unknown coverage',
    status: status !== 0 ? status : leaks.status,
  };
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      target: { type: 'string', multiple: true, default: Object.keys(kTargets) },
      jobs: { type: 'string', default: '1' },
    },
  });
  for (const name of values.target) {
    if (!(name in kTargets))
      throw new Error(`no target "${name}"; there are ${Object.keys(kTargets).join(', ')}`);
  }
  setUp('build', 'fuzz');
  build('fuzz');
  const waiting = [...values.target];
  const results = [];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      say(`fuzzing ${name}: ${values.runs} runs`);
      results.push(await fuzz(name, values.runs));
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  for (const { name, status, executed, coverage } of results) {
    const verdict = status === 0 ? 'clean' : `ended with ${status}, see build/fuzz/found`;
    console.log(`${name}: ${executed} executions, ${coverage}, ${verdict}`);
  }
  if (results.some(({ status }) => status !== 0)) process.exitCode = 1;
});
