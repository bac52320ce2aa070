// Remakes models/lessons: what the commands of the lessons (web/demo/learn) make of the lessons' own
// data, so that a lesson shows live what its reader gets by typing the same.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { argumentsOf, outOf, readSamples, writeFiles } from './samples.mjs';

const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

function card(made) {
  const rows = made.map(
    ({ file, bytes, line, prints }) =>
      `| \`${file}\` | ${bytes.toLocaleString('en')} | \`${line}\` | ${prints.at(-1)} |`,
  );
  return `# Models of the lessons

Each is what the command beside it makes of the lesson's data, byte for byte; \`npm run models -- lessons\` remakes them all,
and the tests hold them to it. They are made for teaching: small, quick to train and easy to draw. For models of real
visits see [behaviour](../behaviour/README.md).

## Data and licence
All data are drawn by \`web/demo/learn/samples.ts\` from rules and a fixed seed: no person, shop or sale is behind them. The
first 80 % by chance (seed 42) were learnt from, the figures are of the other 20 %. Apache-2.0, as the project.

## Files
| file | bytes | command | it printed |
|---|---|---|---|
${rows.join('\n')}

## Limits
The rules behind the data are simpler than people. What a figure says here is how well a kind of model finds such a rule
from a few hundred rows, and nothing of how well it will do with yours: train it on your own file.
`;
}

export async function make({ temporary, models }) {
  const folder = path.join(models, 'lessons');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
  const made = [];
  for (const sample of Object.values(await readSamples())) {
    writeFiles(sample, temporary);
    for (const command of sample.commands) {
      const { status, stderr } = spawnSync(process.execPath, [cli, ...argumentsOf(command)], {
        cwd: temporary,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${command.line}\n${stderr}`);
      const file = outOf(command);
      copyFileSync(path.join(temporary, file), path.join(folder, file));
      made.push({ ...command, file, bytes: readFileSync(path.join(folder, file)).length });
    }
  }
  writeFileSync(path.join(folder, 'card.md'), card(made));
}
