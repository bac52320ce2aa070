// Product icons as a CSV for models of pictures: `node models/recipes/icons/icons.mjs --out icons.csv`
//
//   --out FILE       label,pixel0,…,pixel783: a product's name, then 28 rows of 28 grey levels, 0 (paper)
//                    to 255 (ink)
//   --pictures N     how many, the products taking turns (6000)
//   --seed N         another seed, other pictures (42)
//
// Every picture hangs on the seed and its number alone: the same seed gives the same bytes, and more
// pictures begin with the fewer ones. A picture differs from the next by the product's own proportions and
// parts, by place, size, slant and lean, by the hand that drew it (line, filled or silhouette, thickness,
// tremor), and by paper, noise and stray lines. No picture of anybody else's is used.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kProducts } from './products.mjs';
import { paint } from './shapes.mjs';

export const kSide = 28;
export const kLabels = Object.keys(kProducts);

/** Numbers from 0 to 1 that hang on two whole numbers (mulberry32 by Tommy Ettinger, public domain). */
function source(seed, number) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low, high) => low + (high - low) * next();
  return {
    between,
    chance: (share) => next() < share,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /** About normal, by the sum of four, which needs no logarithm. */
    normal: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
  };
}

/** From the box of a product to pixels: tremor, mirror, size, slant, lean, place. */
function placement({ turns, mirrors }, { between, chance }) {
  const angle = (between(-turns, turns) * Math.PI) / 180;
  const mirror = mirrors && chance(0.5) ? -1 : 1;
  const size = (kSide / 2) * between(0.62, 0.94);
  const stretch = between(0.88, 1.12);
  const slant = between(-0.12, 0.12);
  const room = Math.max(1, kSide / 2 - size);
  const [dx, dy] = [between(-room, room), between(-room, room)];
  const tremor = between(0, 0.05);
  const waves = [1, 2].map(() => [between(2, 5), between(2, 5), between(0, 2 * Math.PI)]);
  return ([x0, y0]) => {
    const [a, b] = waves.map(([u, v, phase]) => tremor * Math.sin(u * x0 + v * y0 + phase));
    const x = mirror * (x0 + a) * stretch + slant * y0;
    const y = (y0 + b) / stretch;
    return [
      kSide / 2 + dx + size * (x * Math.cos(angle) - y * Math.sin(angle)),
      kSide / 2 + dy + size * (x * Math.sin(angle) + y * Math.cos(angle)),
    ];
  };
}

/** Levels of surfaces and lines by their role: drawn in lines, filled, or a silhouette. */
function hand(paper, { between, chance }) {
  const ink = between(0.65, 1);
  const width = between(1, 2.3);
  if (chance(0.2)) {
    const lines = { fill: ink, line: ink, width: 0.6 };
    const light = { fill: paper, line: paper, width: 0.6 };
    return {
      body: lines,
      face: { fill: ink, line: paper, width: 0.8 },
      part: light,
      hole: light,
      detail: { line: paper, width: Math.min(width, 1.4) },
      stroke: { line: ink, width },
    };
  }
  const tone = chance(0.5) ? paper : ink * between(0.15, 0.7);
  const other = chance(0.5) ? paper : ink * between(0.1, 0.9);
  const spots = chance(0.5) ? paper : ink * between(0.1, 0.9);
  const line = { line: ink, width };
  return {
    body: { fill: tone, ...line },
    face: { fill: other, line: ink, width: width * 0.8 },
    part: { fill: spots, line: ink, width: width * 0.7 },
    hole: { fill: paper, ...line },
    detail: { line: ink, width: width * between(0.6, 1) },
    stroke: line,
  };
}

/** Uint8Array [28][28], row by row, and its label: picture `number` of `seed`. */
export function icon(number, seed = 42) {
  const label = kLabels[number % kLabels.length];
  const product = kProducts[label];
  const random = source(seed, number);
  const { between, chance, whole, normal } = random;
  const paper = chance(0.5) ? 0 : between(0, 0.12);
  const styles = hand(paper, random);
  const place = placement(product, random);
  const shapes = product.draw(random).map(({ role, closed, points }) => ({
    ...{ points: points.map(place), closed },
    ...styles[role],
  }));
  if (chance(0.15)) {
    const [x, y] = [between(0, kSide), between(0, kSide)];
    const points = [
      [x, y],
      [x + between(-8, 8), y + between(-8, 8)],
    ];
    shapes.unshift({ points, closed: false, line: between(0.3, 1), width: between(0.6, 1.5) });
  }
  const levels = paint(shapes, { side: kSide, soft: between(0.9, 1.8), paper });
  const noise = between(0, 0.1);
  const pixels = Uint8Array.from(levels, (level) =>
    Math.round(255 * Math.min(1, Math.max(0, level + noise * normal()))),
  );
  const specks = chance(0.3) ? whole(1, 8) : 0;
  for (let i = 0; i < specks; ++i) pixels[whole(0, pixels.length - 1)] = whole(0, 255);
  return { label, pixels };
}

/** The CSV of so many pictures, as text. */
export function iconsCsv({ pictures = 6000, seed = 42 } = {}) {
  const header = `label,${Array.from({ length: kSide * kSide }, (_, i) => `pixel${i}`).join(',')}`;
  const lines = Array.from({ length: pictures }, (_, i) => {
    const { label, pixels } = icon(i, seed);
    return `${label},${pixels.join(',')}`;
  });
  return `${[header, ...lines].join('\n')}\n`;
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} is a whole number above 0; "${text}" was given`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: 'string' },
        pictures: { type: 'string', default: '6000' },
        seed: { type: 'string', default: '42' },
      },
    });
    if (values.out === undefined) throw new Error('--out FILE is needed: where the CSV goes');
    const pictures = wholeNumber('pictures', values.pictures);
    writeFileSync(values.out, iconsCsv({ pictures, seed: wholeNumber('seed', values.seed) }));
    console.error(`${pictures} pictures of ${kLabels.length} products: ${values.out}`);
  } catch (error) {
    console.error(`icons: ${error.message}`);
    process.exitCode = 1;
  }
}
