// Damaged copies of shipped files on the shipped wasm: an error or a valid answer, never a trap, and
// the instance answers the next good call as before. A few here; `npm run fuzz:models` tries them all.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { damaged, Kind, RawEngine, sameAnswer, survey } from '../fuzz/damage.mjs';
import { customersSubject, goldenSubjects, shopSubjects } from '../fuzz/subjects.mjs';
import { engineWasm, trapping } from './support/wasm.mjs';

const kSeed = 7;
const root = new URL('../../', import.meta.url);
const compiled = (file) => new WebAssembly.Module(readFileSync(new URL(`dist/${file}`, root)));

function wrongs({ failures }) {
  return failures.map(({ name, damage, error }) => `${name}, ${damage}: ${error}`).join('\n');
}

const shop = fileURLToPath(new URL('models/demo-shop', root));
for (const subject of shopSubjects(shop)) {
  test(`${subject.name} of the shipped shop, damaged`, () => {
    const report = survey(compiled('storewise.wasm'), subject, {
      every: Math.ceil(subject.bytes.byteLength / 60),
      flips: 60,
      seed: kSeed,
      isModel: subject.name.endsWith('.onnx'),
    });
    assert.equal(wrongs(report), '');
    assert.ok(report.tried >= 100);
    // Most damage is seen; a name or a weight may be anything.
    assert.ok(report.opened > 0 && report.opened < report.tried);
  });
}

test('models of every make, damaged', () => {
  const wasm = compiled('storewise-onnx.wasm');
  const subjects = [customersSubject(shop), ...goldenSubjects()];
  let opened = 0;
  for (const subject of subjects) {
    const every = Math.ceil(subject.bytes.byteLength / 10);
    const report = survey(wasm, subject, { every, flips: 30, seed: kSeed, isModel: true });
    assert.equal(wrongs(report), '');
    opened += report.opened;
  }
  assert.ok(opened > 3 * subjects.length);
});

test('a length of gigabytes leads nowhere', () => {
  // As a flipped bit makes it: in 32 bits the place behind it lies before it, or in another file.
  const length = (number) => {
    const bytes = [];
    let rest = BigInt(number);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  };
  const kNext = [0x2a, 2, 0x08, 1]; // a field that could be read
  for (const file of ['storewise.wasm', 'storewise-onnx.wasm']) {
    const engine = new RawEngine(compiled(file));
    for (const far of [2 ** 31 - 1, 2 ** 31, 0xb18f2604, 2 ** 32 - 8, 2 ** 32 + 2, 2 ** 40]) {
      const tensor = [0x4a, ...length(far), ...kNext];
      const graph = [0x2a, tensor.length, ...tensor];
      for (const bytes of [
        [0x3a, ...length(far), ...kNext],
        [0xfa, 1, ...length(far), ...kNext],
        [0x3a, graph.length, ...graph],
      ]) {
        assert.equal(engine.open(Kind.model, Uint8Array.from(bytes)), 0);
      }
    }
  }
});

test('a trap and a changed answer would be seen', () => {
  const catalogue = new TextEncoder().encode(
    '{"version":1,"currency":"EUR","count":1,"id":["a"],"name":["A"],"price":[1],"fields":{}}',
  );
  const damage = { every: 40, flips: 5, seed: kSeed, isModel: false };
  const subject = (ask) => ({
    name: 'catalogue.json',
    bytes: catalogue,
    kind: Kind.catalogue,
    prepare: () => ({ use() {}, check: sameAnswer(ask) }),
  });
  const trap = new WebAssembly.Module(trapping(engineWasm(), 'sw_open'));
  const trapped = survey(
    trap,
    subject(() => 1),
    damage,
  );
  assert.equal(trapped.failures.length, trapped.tried);
  assert.match(String(trapped.failures[0].error), /RuntimeError/);
  let answers = 0;
  const changed = survey(
    new WebAssembly.Module(engineWasm()),
    subject(() => answers++),
    damage,
  );
  assert.match(String(changed.failures[0].error), /another answer/);
});

test('damage is the same for the same seed, and what is given out is undone', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  const options = { every: 50, flips: 20, seed: kSeed, isModel: false };
  const names = () => Array.from(damaged(bytes, options), ([name]) => name);
  assert.deepEqual(names(), names());
  const distances = Array.from(damaged(bytes, options), ([, copy]) =>
    copy.byteLength < 100 ? 0 : copy.filter((byte, i) => byte !== bytes[i]).length,
  );
  assert.equal(distances.length, 22);
  assert.ok(distances.every((distance) => distance <= 4));
});
