#!/usr/bin/env node
// storewise on the command line: finds the command, runs it, and turns failures into one line (or one
// JSON object) and an exit code: 0 done, 1 failed, 2 a wrong command line, 130 Ctrl-C.
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { StorewiseError } from '../src/errors.js';
import { helpText, parseCommand } from './args.js';
import { abortAll } from './cleanup.js';
import { buildCommand } from './commands/build.js';
import type { Command } from './commands/common.js';
import { evalClassifierCommand, evalRecommenderCommand } from './commands/eval.js';
import { explainCommand } from './commands/explain.js';
import { inspectCommand } from './commands/inspect.js';
import { quantizeCommand } from './commands/quantize.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { trainClassifierCommand, trainRecommenderCommand } from './commands/train.js';
import { trainIntentsCommand } from './commands/train-intents.js';
import { trainNetworkCommands } from './commands/train-network.js';
import { trainTableCommands } from './commands/train-table.js';
import { trainUpliftCommand } from './commands/train-uplift.js';
import { CliError, usageError } from './errors.js';
import { Terminal } from './terminal.js';
import { trainIfWorker } from './training.js';

const commands: readonly Command[] = [
  buildCommand,
  trainRecommenderCommand,
  trainClassifierCommand,
  ...trainTableCommands,
  ...trainNetworkCommands,
  trainIntentsCommand,
  trainUpliftCommand,
  evalRecommenderCommand,
  evalClassifierCommand,
  explainCommand,
  inspectCommand,
  quantizeCommand,
  runCommand,
  serveCommand,
];

function overview(): string {
  const width = Math.max(...commands.map(({ spec }) => spec.name.length));
  return [
    'storewise: recommendations, offers and answers in the visitor’s browser, from a shop’s own files.',
    '',
    'Usage: storewise COMMAND [options]',
    '',
    ...commands.map(({ spec }) => `  ${spec.name.padEnd(width)}  ${spec.summary}`),
    '',
    'storewise COMMAND --help tells more; --version tells the version.',
  ].join('\n');
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The command that the first words name, and what follows them. */
function findCommand(argv: readonly string[]): { command: Command; rest: string[] } {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ');
    const command = commands.find(({ spec }) => spec.name === name);
    if (command !== undefined) return { command, rest: argv.slice(words) };
  }
  const first = argv[0] ?? '';
  const family = commands.filter(({ spec }) => spec.name.startsWith(`${first} `));
  const expected = (family.length > 0 ? family : commands).map(({ spec }) => spec.name).join(', ');
  throw usageError(family.length > 0 ? `"${first}" what?` : 'there is no such command', {
    expected,
    found: argv.slice(0, family.length > 0 ? 2 : 1).join(' '),
  });
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 0 || ['--help', '-h', 'help'].includes(argv[0] as string)) {
    process.stdout.write(`${overview()}\n`);
    if (argv.length === 0) process.exitCode = 2;
    return;
  }
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const { command, rest } = findCommand(argv);
  const args = parseCommand(command.spec, rest);
  if (args.flag('help')) {
    process.stdout.write(`${helpText(command.spec)}\n`);
    return;
  }
  await command.run(args, new Terminal({ json: args.flag('json'), quiet: args.flag('quiet') }));
}

/** Says what went wrong and sets the exit code. */
function fail(error: unknown, argv: readonly string[]): void {
  const failure = asCliError(error);
  const asJson = argv.includes('--json');
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  if (asJson) process.stdout.write(`${JSON.stringify(failure)}\n`);
  else process.stderr.write(`storewise: ${failure.message}\n`);
  if (failure.code === 'usage' && !asJson) {
    const words = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
    const named = commands.find(({ spec }) => [words.join(' '), words[0]].includes(spec.name));
    process.stderr.write(
      `Try: storewise ${named === undefined ? '--help' : `${named.spec.name} --help`}\n`,
    );
  }
  if (failure.code === 'internal' && !asJson && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  process.exitCode = failure.exitCode;
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof StorewiseError) {
    return new CliError('invalid-model', error.message, {}, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliError('internal', `this should not happen: ${message}`, {}, error);
}

if (isMainThread) {
  const argv = process.argv.slice(2);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      abortAll();
      fail(new CliError('interrupted', 'stopped; nothing was written'), argv);
      process.exit(130);
    });
  }
  // A reader that closes early, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  main(argv)
    .catch((error: unknown) => {
      abortAll();
      fail(error, argv);
    })
    // Streams of a file that was refused half-way may still be open, so the end is not left to them;
    // but a result in a pipe is let out first.
    .finally(() => process.stdout.write('', () => process.exit()));
} else {
  trainIfWorker();
}
