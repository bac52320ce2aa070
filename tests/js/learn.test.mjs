// The lessons (web/demo/learn): every command that one shows makes of the shown data the very model
// that runs in the page and prints what the page says it prints, and so does every program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  argumentsOf,
  outOf,
  readSamples,
  writeFiles,
} from '../../models/recipes/lessons/samples.mjs';
import { root, storewise, temporaryFolder } from './cli-helpers.mjs';

const samples = await readSamples();

for (const [name, sample] of Object.entries(samples)) {
  describe(`the lesson ${name}`, () => {
    const folder = temporaryFolder();
    writeFiles(sample, folder);

    for (const command of sample.commands) {
      test(command.line, async () => {
        assert.match(command.line, /^storewise train /);
        const { status, stdout, stderr } = await storewise(argumentsOf(command), { cwd: folder });
        assert.equal(status, 0, stderr);
        const lines = stdout.split('\n');
        assert.ok(command.prints.length > 0);
        for (const line of command.prints) assert.ok(lines.includes(line), `${line}\n\n${stdout}`);
        const file = outOf(command);
        const committed = readFileSync(path.join(root, 'models/lessons', file));
        assert.ok(
          readFileSync(path.join(folder, file)).equals(committed),
          `models/lessons/${file} is not what the command makes: npm run models -- lessons`,
        );
      });
    }

    test('the program prints what the page says', () => {
      const { code, prints } = sample.program;
      assert.equal(code.split("'/models/").length, code.split('await loadModel(').length);
      const program = path.join(folder, 'program.mjs');
      writeFileSync(
        program,
        code
          .replace("'storewise'", `'${pathToFileURL(path.join(root, 'dist/index.js'))}'`)
          .replaceAll("'/models/", `'${pathToFileURL(folder)}/`),
      );
      const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trimEnd().split('\n'), prints);
    });
  });
}

test('the files are small, and the lines of commands and programs fit a page', () => {
  for (const { file, more, program } of Object.values(samples)) {
    for (const { name, content } of [file, ...(more === undefined ? [] : [more])]) {
      assert.ok(content.length < 40_000, name);
      assert.ok(content.endsWith('\n'));
    }
    for (const line of program.code.split('\n')) assert.ok(line.length <= 90, line);
  }
});
