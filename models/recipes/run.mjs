// `npm run models [-- NAME ...]`: remakes the shipped models from their data. Each folder here
// with a recipe.mjs is a recipe; it writes its results into models/<its output>, with a card. A recipe
// of several models takes the name of one after a stroke: keras/lstm. The table of all models
// (models/README.md) is made anew each time; `-- table` makes nothing else.

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, say } from '../../web/tools/run.mjs';
import { allModels, shippedFolders } from './table.mjs';

const recipes = fileURLToPath(new URL('./', import.meta.url));
const models = path.join(recipes, '..');

/** models/manifest.json: every shipped file with its size and SHA-256. */
function writeManifest() {
  const folders = {};
  for (const folder of shippedFolders(models)) {
    const files = readdirSync(path.join(models, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
    if (files.length === 0) continue;
    folders[folder] = files.map((file) => {
      const bytes = readFileSync(path.join(models, folder, file));
      return {
        file,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    });
  }
  writeFileSync(
    path.join(models, 'manifest.json'),
    `${JSON.stringify({ version: 1, folders }, null, 2)}\n`,
  );
}

await main(async () => {
  const known = readdirSync(recipes).filter((name) =>
    existsSync(path.join(recipes, name, 'recipe.mjs')),
  );
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const wanted = new Map(names.length > 0 ? [] : known.map((name) => [name, []]));
  for (const given of names.filter((name) => name !== 'table')) {
    const [name, part] = given.split('/');
    if (!known.includes(name))
      throw new Error(`no recipe "${name}"; there are ${known.join(', ')}, and table`);
    const { parts = [] } = await import(`./${name}/recipe.mjs`);
    if (part !== undefined && !parts.includes(part))
      throw new Error(`${name} has no part "${part}"; it has ${parts.join(', ') || 'none'}`);
    wanted.set(name, [...(wanted.get(name) ?? []), ...(part === undefined ? parts : [part])]);
  }
  for (const [name, only] of wanted) {
    say(`recipe ${name}`);
    const temporary = mkdtempSync(path.join(tmpdir(), `storewise-${name}-`));
    try {
      const { make } = await import(`./${name}/recipe.mjs`);
      await make({ temporary, models, only: only.length > 0 ? only : undefined });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  writeFileSync(path.join(models, 'README.md'), await allModels(models));
  writeManifest();
});
