// Running commands and deciding what is out of date: shared by the scripts beside this file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Says in one line what is about to happen. */
export function say(line) {
  console.log(`storewise: ${line}`);
}

/** The absolute path of a program on the PATH, or undefined. */
export function which(program) {
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(directory, program);
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** Runs a command in the project's root, its output passed on; throws when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new CommandFailed(command, args, result.status);
}

/** Runs `storewise … --json` of the built package and gives what it printed; what it says goes on to stderr. */
export function storewise(...args) {
  const cli = path.join(root, 'dist/cli/main.js');
  const { status, stdout } = spawnSync(process.execPath, [cli, ...args, '--json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`storewise ${args.join(' ')} ended with ${status}: ${stdout}`);
  return JSON.parse(stdout);
}

/** Runs a command like `run`, and gives its exit status and a copy of what it printed. */
export function runAndKeep(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        target.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? 1, signal, output }));
  });
}

export class CommandFailed extends Error {
  constructor(command, args, status) {
    super(`${command} ${args.join(' ')} ended with ${status}`);
    this.status = status;
  }
}

/** Every file under the given files and folders, relative to the root. */
export function filesUnder(...places) {
  const files = [];
  const visit = (place) => {
    const absolute = path.join(root, place);
    if (!existsSync(absolute)) return;
    if (!statSync(absolute).isDirectory()) {
      files.push(place);
      return;
    }
    for (const entry of readdirSync(absolute).sort()) {
      if (entry !== 'node_modules') visit(path.join(place, entry));
    }
  };
  for (const place of places) visit(place);
  return files;
}

const changed = (file) => statSync(path.join(root, file)).mtimeMs;

/** Whether `output` exists and is younger than every file under `inputs`. */
export function isFresh(output, ...inputs) {
  if (!existsSync(path.join(root, output))) return false;
  const made = changed(output);
  return filesUnder(...inputs).every((file) => changed(file) <= made);
}

/** Runs a script's main function; a failure ends it with one line and its status, not a stack. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(`storewise: ${error instanceof Error ? error.message : error}`);
    process.exitCode = error instanceof CommandFailed ? (error.status ?? 1) : 1;
  }
}
