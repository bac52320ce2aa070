// `npm test`: lint and the three rings: C++ by ctest (plain and under ASan+UBSan), JavaScript by
// node's runner on the built package, the storefront by Playwright in Chromium. Each ring runs
// even when one before it failed; the runners' own summaries stand together at the end.
import { build } from './build.mjs';
import { lint } from './lint.mjs';
import { filesUnder, main, runAndKeep, say } from './run.mjs';
import { setUp } from './setup.mjs';

const summaries = [];
let failed = false;

/** Runs one ring; `pick` finds the runner's summary lines in what it printed. */
async function ring(name, prepare, command, args, pick) {
  say(`ring: ${name}`);
  try {
    await prepare();
    const { status, output } = await runAndKeep(command, args, {
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    if (status !== 0) failed = true;
    summaries.push([name, output.split('\n').filter((line) => pick.test(line)), status]);
  } catch (error) {
    failed = true;
    summaries.push([name, [String(error.message)], 1]);
  }
}

const ctestSummary = /tests passed, \d+ tests? failed out of/;
const nodeSummary = /^(# |ℹ )(tests|pass|fail|skipped)\b/;
const playwrightSummary = /^\s+\d+ (passed|failed|skipped|flaky|did not run)/;

await main(async () => {
  setUp('build', 'test');
  const started = Date.now();
  await ring(
    'C++',
    () => build('native'),
    'ctest',
    ['--test-dir', 'build/native', '--output-on-failure', '--parallel', '2'],
    ctestSummary,
  );
  await ring(
    'C++ under ASan and UBSan',
    () => build('asan'),
    'ctest',
    ['--test-dir', 'build/asan', '--output-on-failure', '--parallel', '2'],
    ctestSummary,
  );
  const scripts = filesUnder('tests/js', 'tests/package').filter((file) =>
    /\.test\.mjs$/.test(file),
  );
  await ring(
    'JavaScript on the built package',
    () => build('package'),
    'node',
    ['--test', '--test-reporter=spec', ...scripts],
    nodeSummary,
  );
  // After the package: the storefront is checked against its types.
  const checks = await lint();
  if (checks.failed.length > 0) failed = true;
  await ring(
    'the storefront in Chromium',
    () => build('demo'),
    'npx',
    ['playwright', 'test', '-c', 'tests/browser/playwright.config.ts'],
    playwrightSummary,
  );

  console.log(`\nstorewise: all rings in ${Math.round((Date.now() - started) / 1000)} s`);
  const outcome = checks.failed.length > 0 ? `failed: ${checks.failed.join(', ')}` : 'clean';
  console.log(`lint: ${outcome}`);
  for (const [name, lines, status] of summaries) {
    console.log(`${name}: ${status === 0 ? 'passed' : 'FAILED'}`);
    for (const line of lines) console.log(`  ${line.trim()}`);
  }
  if (failed) process.exitCode = 1;
});
