// The lessons' data, commands and programs (web/demo/learn/samples.ts), for Node: the recipe of their
// models and the tests run them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../../../web/demo/learn/samples.ts', import.meta.url));

export async function readSamples() {
  const folder = mkdtempSync(path.join(tmpdir(), 'storewise-lessons-'));
  const outfile = path.join(folder, 'samples.mjs');
  try {
    await build({ entryPoints: [source], outfile, bundle: true, format: 'esm', logLevel: 'error' });
    return (await import(pathToFileURL(outfile).href)).samples;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a lesson's files into `folder`. */
export function writeFiles({ file, more }, folder) {
  for (const one of more === undefined ? [file] : [file, more]) {
    writeFileSync(path.join(folder, one.name), one.content);
  }
}

/** The arguments of a command that is written as people type it. */
export const argumentsOf = ({ line }) => line.split(' ').slice(1);

/** The file that a command writes. */
export const outOf = ({ line }) => / --out (\S+)/.exec(line)[1];
