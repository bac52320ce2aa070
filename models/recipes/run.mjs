// `npm run models [-- NAME ...]`: remakes the shipped models from their data. Each folder here
// with a recipe.mjs is a recipe; it writes its results into models/<its output>, with a card.

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, say } from '../../web/tools/run.mjs';

const recipes = fileURLToPath(new URL('./', import.meta.url));
const models = path.join(recipes, '..');

/** The folders of models/ that hold shipped files, those within others as well: 'behaviour/tree'. */
function shippedFolders(folder = '') {
  const inside = readdirSync(path.join(models, folder), { withFileTypes: true });
  const folders = inside
    .filter((entry) => entry.isDirectory() && !(folder === '' && entry.name === 'recipes'))
    .map(({ name }) => path.posix.join(folder, name));
  return folders.flatMap((name) => [name, ...shippedFolders(name)]).sort();
}

/** models/manifest.json: every shipped file with its size and SHA-256. */
function writeManifest() {
  const folders = {};
  for (const folder of shippedFolders()) {
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
  for (const name of names) {
    if (!known.includes(name))
      throw new Error(`no recipe "${name}"; there are ${known.join(', ')}`);
  }
  for (const name of names.length > 0 ? names : known) {
    say(`recipe ${name}`);
    const temporary = mkdtempSync(path.join(tmpdir(), `storewise-${name}-`));
    try {
      const { make } = await import(`./${name}/recipe.mjs`);
      await make({ temporary, models });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  writeManifest();
});
