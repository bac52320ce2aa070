// `storewise serve`: a folder on http://127.0.0.1 until Ctrl-C.
import type { Arguments, CommandSpec } from '../args.js';
import { onAbort } from '../cleanup.js';
import { serveFolder } from '../serve.js';
import type { Terminal } from '../terminal.js';
import type { Command } from './common.js';

const spec: CommandSpec = {
  name: 'serve',
  summary: 'Serves a folder on this machine, compressed and with the right types, until Ctrl-C.',
  positionals: [{ name: 'FOLDER', help: 'what to serve' }],
  options: [
    {
      name: 'port',
      value: 'N',
      help: 'the port; a free one otherwise',
      min: 0,
      max: 65535,
      default: '0',
    },
  ],
  example: 'storewise serve public/storewise --port 8080',
};

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const [folder] = args.positionals as [string];
  const serving = await serveFolder(folder, args.integer('port') ?? 0);
  const { url, port } = serving;
  terminal.result({ url, port, folder }, [`Serving ${folder} at ${url}`, 'Ctrl-C ends it.']);
  await new Promise<void>((resolve) => {
    onAbort(() => void serving.close().then(resolve));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.removeAllListeners(signal);
      process.once(signal, () => void serving.close().then(resolve));
    }
  });
}

export const serveCommand: Command = { spec, run };
