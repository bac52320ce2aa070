// The icons that models of pictures learn from: what a seed draws, and the command's CSV.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { icon, iconsCsv, kLabels, kSide } from '../../models/recipes/icons/icons.mjs';
import { temporaryFolder } from './cli-helpers.mjs';

const script = fileURLToPath(new URL('../../models/recipes/icons/icons.mjs', import.meta.url));
const catalogue = JSON.parse(
  readFileSync(new URL('../../models/demo-shop/catalogue.json', import.meta.url), 'utf8'),
);

describe('icons', () => {
  test('a seed and a number give the same picture each time, and another one gives another', () => {
    for (let i = 0; i < kLabels.length; ++i) {
      const { label, pixels } = icon(i);
      assert.equal(label, kLabels[i]);
      assert.equal(pixels.length, kSide * kSide);
      assert.deepEqual(icon(i).pixels, pixels);
      assert.notDeepEqual(icon(i, 43).pixels, pixels);
      assert.notDeepEqual(icon(i + kLabels.length).pixels, pixels);
    }
  });

  test('every product is a motif of the demo shop, so that a picture can be a search', () => {
    for (const label of kLabels) assert.ok(catalogue.fields.motif.values.includes(label), label);
  });

  test('every picture has its product in it: ink that differs from the paper around it', () => {
    for (let i = 0; i < 240; ++i) {
      const { label, pixels } = icon(i);
      const sorted = Float64Array.from(pixels).sort();
      const paper = sorted[Math.floor(sorted.length / 4)];
      const inked = sorted.filter((level) => level > paper + 80).length;
      assert.ok(inked > 25, `picture ${i}, ${label}: ${inked} pixels of ink`);
      assert.ok(inked < 600, `picture ${i}, ${label}: ${inked} pixels of ink`);
    }
  });

  test('pictures are nearer to their own kind than to the others, by nothing but the nearest one', () => {
    // Placed alike: the part with ink, in a box of 14 x 14.
    const crop = (pixels) => {
      const dark = [...pixels.keys()].filter((i) => pixels[i] > 120);
      const [xs, ys] = [dark.map((i) => i % kSide), dark.map((i) => Math.floor(i / kSide))];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      const size = Math.max(Math.max(...xs) - x, Math.max(...ys) - y) + 1;
      return Array.from({ length: 196 }, (_, k) => {
        const column = Math.min(kSide - 1, x + Math.floor(((k % 14) * size) / 14));
        const row = Math.min(kSide - 1, y + Math.floor((Math.floor(k / 14) * size) / 14));
        return pixels[row * kSide + column];
      });
    };
    const all = Array.from({ length: 900 }, (_, i) => icon(i)).map(({ label, pixels }) => ({
      label,
      box: crop(pixels),
    }));
    const learnt = all.slice(0, 780);
    const right = all.slice(780).filter(({ label, box }) => {
      const far = ({ box: other }) => other.reduce((sum, x, k) => sum + (x - box[k]) ** 2, 0);
      const ranked = learnt.map((other) => [far(other), other.label]);
      return ranked.reduce((best, one) => (one[0] < best[0] ? one : best))[1] === label;
    });
    assert.ok(right.length > 60, `${right.length} of 120`); // chance is 10
  });

  test('the CSV has the label and 784 whole numbers, and fewer pictures are its beginning', () => {
    const lines = iconsCsv({ pictures: 30 }).trimEnd().split('\n');
    assert.equal(lines.length, 31);
    assert.match(lines[0], /^label,pixel0,pixel1,.*,pixel783$/);
    for (const line of lines.slice(1)) {
      const [label, ...pixels] = line.split(',');
      assert.ok(kLabels.includes(label));
      assert.equal(pixels.length, 784);
      assert.ok(pixels.every((text) => /^\d+$/.test(text) && Number(text) <= 255));
    }
    assert.equal(iconsCsv({ pictures: 12 }), `${lines.slice(0, 13).join('\n')}\n`);
  });

  test('the command writes that CSV, and says what it lacks', () => {
    const folder = temporaryFolder();
    const run = (...words) => spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
    const out = path.join(folder, 'icons.csv');
    assert.equal(run('--out', out, '--pictures', '24', '--seed', '7').status, 0);
    assert.equal(readFileSync(out, 'utf8'), iconsCsv({ pictures: 24, seed: 7 }));
    const lacking = run();
    assert.equal(lacking.status, 1);
    assert.match(lacking.stderr, /--out FILE is needed/);
    assert.match(run('--out', out, '--pictures', 'many').stderr, /"many" was given/);
  });
});
