// The style and structure checks: clang-format, the arrows of the house, Biome, the TypeScript
// compiler and clang-tidy. `--fix` formats in place what can be formatted.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed, filesUnder, main, root, run, runAndKeep, say } from './run.mjs';

const isCpp = (file) => /\.(cpp|h)$/.test(file);

/** The rooms from left to right; an include may only point to the left (HACKING.md). */
const rooms = [
  ['support'],
  ['kernels'],
  ['onnx'],
  ['graph'],
  ['ops'],
  ['text'],
  ['recommend', 'answer', 'behaviour'],
  ['train'],
];

/** The includes that run against the arrows, a line each. */
export function findWrongArrows(
  files,
  read = (file) => readFileSync(path.join(root, file), 'utf8'),
) {
  const rank = new Map(rooms.flatMap((names, position) => names.map((name) => [name, position])));
  const wrong = [];
  for (const file of files) {
    const room = file.split(path.sep)[1];
    const lines = read(file).split('\n');
    for (const [index, line] of lines.entries()) {
      const target = /^\s*#\s*include\s+"([^/"]+)\//.exec(line)?.[1];
      if (target === undefined || target === room) continue;
      const place = `${file}:${index + 1}`;
      if (!rank.has(target)) wrong.push(`${place}: "${target}" is not a room of src`);
      else if (!rank.has(room)) wrong.push(`${place}: the room "${room}" is not on the map`);
      else if (rank.get(target) >= rank.get(room)) {
        wrong.push(`${place}: ${room} must not know ${target}`);
      }
    }
  }
  return wrong;
}

function checkArrows() {
  const wrong = findWrongArrows(filesUnder('src').filter(isCpp));
  if (wrong.length > 0) throw new Error(`includes against the arrows:\n  ${wrong.join('\n  ')}`);
}

function clangFormat(fix) {
  const files = filesUnder('src', 'wasm', 'tests/cpp', 'tests/fuzz').filter(isCpp);
  run('clang-format', fix ? ['-i', ...files] : ['--dry-run', '--Werror', ...files]);
}

/** clang-tidy over each source file whose text or headers changed since it last passed. */
async function clangTidy() {
  const stamps = path.join(root, 'build/native/tidy');
  mkdirSync(stamps, { recursive: true });
  const time = (file) => statSync(path.join(root, file)).mtimeMs;
  const shared = Math.max(
    time('.clang-tidy'),
    ...filesUnder('src', 'wasm')
      .filter((file) => file.endsWith('.h'))
      .map(time),
  );
  const commands = JSON.parse(
    readFileSync(path.join(root, 'build/native/compile_commands.json'), 'utf8'),
  );
  const waiting = [...new Set(commands.map((entry) => path.relative(root, entry.file)))]
    .filter((file) => /^(src|wasm)\//.test(file))
    .filter((file) => {
      const stamp = path.join(stamps, file.replaceAll('/', '+'));
      return !existsSync(stamp) || statSync(stamp).mtimeMs < Math.max(shared, time(file));
    });
  let failed = false;
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { status } = await runAndKeep('clang-tidy', ['--quiet', '-p', 'build/native', file]);
      if (status === 0) writeFileSync(path.join(stamps, file.replaceAll('/', '+')), '');
      else failed = true;
    }
  };
  await Promise.all([worker(), worker()]);
  if (failed) throw new CommandFailed('clang-tidy', [], 1);
}

const checks = {
  'clang-format': (fix) => clangFormat(fix),
  arrows: () => checkArrows(),
  biome: (fix) =>
    run('npx', ['biome', 'check', ...(fix ? ['--write'] : ['--error-on-warnings']), '.']),
  tsc: () => run('npx', ['tsc', '--noEmit', '-p', 'tsconfig.json']),
  'clang-tidy': (fix) => (fix ? undefined : clangTidy()),
};

/** Runs every check, says which failed; needs build/native configured for clang-tidy. */
export async function lint({ fix = false } = {}) {
  const failed = [];
  for (const [name, check] of Object.entries(checks)) {
    say(`lint: ${name}`);
    try {
      await check(fix);
    } catch (error) {
      console.error(String(error.message));
      failed.push(name);
    }
  }
  return { passed: Object.keys(checks).length - failed.length, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { setUp } = await import('./setup.mjs');
    const { build } = await import('./build.mjs');
    setUp('build', 'test');
    if (!existsSync(path.join(root, 'build/native/compile_commands.json'))) build('native');
    const { failed } = await lint({ fix: process.argv.includes('--fix') });
    if (failed.length > 0) throw new Error(`lint failed: ${failed.join(', ')}`);
  });
}
