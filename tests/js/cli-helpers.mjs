// Shared by the tests of the command line: runs the built program, imports one of its TypeScript
// modules alone, and keeps temporary folders.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const golden = path.join(root, 'tests/golden/cli');
export const program = process.env.STOREWISE_CLI ?? path.join(root, 'dist/cli/main.js');

/** A folder that is removed when the test file is done. */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'storewise-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes `content` (text or bytes) to a new file of `folder`; gives its path. */
export function file(folder, name, content) {
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
}

/** Runs `storewise` with `args`; `onStart` gets the child, to signal it. */
export function storewise(args, { onStart, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
    onStart?.(child);
  });
}

/** Runs with --json: the object, and a check that nothing else was printed. */
export async function storewiseJson(args, options) {
  const result = await storewise([...args, '--json'], options);
  const lines = result.stdout.trimEnd().split('\n');
  if (lines.length !== 1) throw new Error(`not one line:\n${result.stdout}\n${result.stderr}`);
  return { ...result, value: JSON.parse(lines[0]) };
}

/** Imports one module of web/cli by its name, such as "csv/dates". */
export async function cliModule(name) {
  const folder = mkdtempSync(path.join(tmpdir(), 'storewise-module-'));
  const outfile = path.join(folder, 'module.mjs');
  try {
    await build({
      entryPoints: [path.join(root, 'web/cli', `${name}.ts`)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
