// The products that icons show, by the names of the demo shop's motifs. Each draws itself from a source
// of chance into a box from -1 to 1, y downwards, as a list of { role, points }:
//   body    has a surface and an outline         face    a side or cover of it, in another tone
//   part    a spot on it                         hole    shows the paper behind it
//   detail  a line on it                         stroke  a line beside it
// `turns` is how far the product may lean (in degrees), `mirrors` whether it may look the other way.
import { block, curve, ellipse } from './shapes.mjs';

const body = (points) => ({ role: 'body', closed: true, points });
const part = (points) => ({ role: 'part', closed: true, points });
const face = (points) => ({ role: 'face', closed: true, points });
const hole = (points) => ({ role: 'hole', closed: true, points });
const detail = (...points) => ({ role: 'detail', closed: false, points });
const stroke = (...points) => ({ role: 'stroke', closed: false, points });

function apple({ between, chance }) {
  const waist = between(0.12, 0.26);
  const foot = between(0.3, 0.45);
  const half = [
    ...curve([0, -0.45], [0.3, -0.8], [0.9, -0.6], [0.85, 0]),
    ...curve([0.85, 0.05], [0.8, 0.6], [foot, 1], [0, 0.85 - waist / 2]),
  ];
  const other = half.map(([x, y]) => [-x, y]).reverse();
  const shapes = [body([...half, ...other]), stroke([0, -0.45], [0.06, -0.75], [0.15, -0.95])];
  if (chance(0.7)) {
    const leaf = curve([0.1, -0.65], [0.25, -1], [0.6, -1], [0.7, -0.8], 6);
    shapes.push(body([...leaf, ...curve([0.7, -0.8], [0.6, -0.6], [0.3, -0.55], [0.1, -0.65], 6)]));
  }
  if (chance(0.4))
    shapes.push(detail(...curve([-0.6, -0.1], [-0.6, -0.3], [-0.5, -0.4], [-0.4, -0.45], 5)));
  return shapes;
}

function banana({ between, chance }) {
  const one = (bend, thick) => [
    ...curve([-0.85, -0.65], [-0.8, bend], [0.2, bend + 0.35], [0.95, -0.15]),
    ...curve([0.85, -0.3], [0.2, bend - thick], [-0.45, bend - thick - 0.25], [-0.65, -0.75]),
  ];
  const bend = between(0.35, 0.65);
  const thick = between(0.25, 0.45);
  const shapes = [];
  if (chance(0.35)) shapes.push(body(one(bend + between(0.25, 0.4), thick)));
  shapes.push(body(one(bend, thick)));
  if (chance(0.6)) {
    shapes.push(
      detail(...curve([-0.75, -0.6], [-0.65, bend - 0.15], [0.2, bend + 0.1], [0.8, -0.18])),
    );
  }
  shapes.push(stroke([-0.75, -0.7], [-0.72, -0.95]));
  return shapes;
}

function bread({ between, chance, whole }) {
  const top = between(-0.55, -0.35);
  if (chance(0.5)) {
    // A slice, seen from the front.
    const crown = [
      ...curve([-0.65, 0], [-1.05, -0.2], [-0.9, top - 0.3], [-0.45, top - 0.25]),
      ...curve([-0.2, top - 0.32], [0.1, top - 0.32], [0.2, top - 0.3], [0.45, top - 0.25]),
      ...curve([0.45, top - 0.25], [0.9, top - 0.3], [1.05, -0.2], [0.65, 0]),
    ];
    const slice = [...crown, [0.65, 0.8], [-0.65, 0.8]];
    const shapes = [body(slice)];
    if (chance(0.6)) shapes.push(face(slice.map(([x, y]) => [x * 0.78, y * 0.78 + 0.02])));
    return shapes;
  }
  // A loaf, with cuts across.
  const height = between(0.4, 0.6);
  const shapes = [
    body([
      ...curve([-0.95, 0.45], [-1.1, -height], [-0.5, -height], [0, -height]),
      ...curve([0, -height], [0.5, -height], [1.1, -height], [0.95, 0.45]),
    ]),
  ];
  const cuts = whole(2, 4);
  for (let i = 0; i < cuts; ++i) {
    const x = -0.5 + (1.1 * i) / (cuts - 1);
    shapes.push(detail([x - 0.12, -height * 0.25], [x + 0.08, -height * 0.85]));
  }
  return shapes;
}

function carrot({ between, chance, whole }) {
  const shoulder = between(0.28, 0.4);
  const shapes = [];
  const leaves = whole(2, 4);
  for (let i = 0; i < leaves; ++i) {
    const lean = -0.4 + (0.8 * i) / (leaves - 1);
    shapes.push(
      stroke(...curve([0, -0.4], [lean * 0.4, -0.6], [lean, -0.7], [lean, between(-1, -0.85)], 5)),
    );
  }
  shapes.push(
    body([
      ...curve([-shoulder, -0.35], [-shoulder, -0.5], [shoulder, -0.5], [shoulder, -0.35]),
      ...curve([shoulder, -0.3], [shoulder * 0.9, 0.2], [0.1, 0.8], [0, 1]),
      ...curve([0, 1], [-0.1, 0.8], [-shoulder * 0.9, 0.2], [-shoulder, -0.3]),
    ]),
  );
  const rings = chance(0.75) ? whole(2, 3) : 0;
  for (let i = 0; i < rings; ++i) {
    const y = -0.2 + 0.3 * i;
    const side = i % 2 === 0 ? -1 : 1;
    shapes.push(detail([side * shoulder * 0.9 * (1 - y * 0.6), y], [0, y + 0.06]));
  }
  return shapes;
}

function cheese({ between, whole }) {
  const back = between(-0.5, -0.3);
  const tall = between(0.6, 0.8);
  const tip = [-0.95, between(0, 0.2)];
  const shapes = [
    body([tip, [0.9, back + 0.35], [0.9, back + 0.35 + tall], [-0.95, tip[1] + tall * 0.8]]),
    face([tip, [0.35, back - 0.25], [0.9, back + 0.35]]),
  ];
  const holes = whole(2, 4);
  for (let i = 0; i < holes; ++i) {
    const size = between(0.09, 0.17);
    const x = -0.55 + (1.2 * i) / (holes - 1);
    shapes.push(part(ellipse(x, back + 0.72 + between(-0.08, 0.2), size, size)));
  }
  return shapes;
}

function chocolate({ between, chance, whole }) {
  const wide = between(0.5, 0.65);
  const columns = whole(2, 3);
  const rows = whole(3, 4);
  const shapes = [body(block(-wide, -0.95, wide, 0.95, 0.05, 0.05))];
  const wrapped = chance(0.6);
  const lower = wrapped ? between(0, 0.2) : 0.95;
  for (let i = 1; i < columns; ++i) {
    const x = -wide + (2 * wide * i) / columns;
    shapes.push(detail([x, -0.95], [x, lower]));
  }
  for (let i = 1; i < rows; ++i) {
    const y = -0.95 + ((lower + 0.95) * i) / rows;
    shapes.push(detail([-wide, y], [wide, y]));
  }
  if (wrapped) {
    const edge = [-1, -0.5, 0, 0.5, 1].map((x, i) => [x * (wide + 0.08), lower + (i % 2) * 0.14]);
    shapes.push(face([...edge, [wide + 0.08, 1], [-wide - 0.08, 1]]));
  }
  return shapes;
}

function coffee({ between, chance, whole }) {
  const wide = between(0.5, 0.65);
  const foot = wide * between(0.65, 1);
  const rim = between(-0.4, -0.2);
  const middle = (rim + 0.8) / 2;
  const handle = between(0.22, 0.32);
  const shapes = [
    body(ellipse(wide * 0.9, middle - 0.05, handle * 1.3, handle * 1.3)),
    hole(ellipse(wide * 0.9, middle - 0.05, handle * 0.75, handle * 0.75)),
    body([
      [-wide, rim],
      [wide, rim],
      ...curve([wide, rim], [wide, 0.5], [foot, 0.8], [foot, 0.8]),
      [-foot, 0.8],
    ]),
  ];
  if (chance(0.5)) shapes.push(face(ellipse(0, rim, wide, 0.13)));
  const steam = chance(0.7) ? whole(1, 3) : 0;
  for (let i = 0; i < steam; ++i) {
    const x = (i - (steam - 1) / 2) * 0.35;
    shapes.push(
      stroke(
        ...curve([x, rim - 0.25], [x + 0.2, rim - 0.4], [x - 0.2, rim - 0.5], [x, rim - 0.7], 6),
      ),
    );
  }
  if (chance(0.4)) shapes.push(stroke([-0.85, 0.92], [0.85, 0.92]));
  return shapes;
}

function doughnut({ between, chance, whole }) {
  const flat = between(0.7, 1);
  const inner = between(0.22, 0.36);
  const shapes = [body(ellipse(0, 0, 0.92, 0.92 * flat))];
  if (chance(0.6)) {
    const icing = ellipse(0, 0, 1, 1).map(([x, y], i) => {
      const r = 0.72 + (i % 3 === 0 ? 0.06 : -0.03);
      return [x * r, y * r * flat];
    });
    shapes.push(face(icing));
    const sprinkles = whole(3, 7);
    for (let i = 0; i < sprinkles; ++i) {
      const [[x, y]] = ellipse(0, 0, 0.55, 0.55 * flat, i / sprinkles, i / sprinkles + 0.1);
      shapes.push(detail([x - 0.06, y - 0.04], [x + 0.06, y + 0.05]));
    }
  }
  shapes.push(hole(ellipse(0, 0, inner, inner * flat)));
  return shapes;
}

function fish({ between, chance }) {
  const fat = between(0.38, 0.58);
  const tail = between(0.3, 0.5);
  const shapes = [
    body([
      [0.4, 0],
      [0.98, -tail],
      [between(0.75, 0.85), 0],
      [0.98, tail],
    ]),
    body([
      ...curve([-0.95, 0], [-0.6, -fat * 1.35], [0.2, -fat * 1.2], [0.55, 0]),
      ...curve([0.55, 0], [0.2, fat * 1.2], [-0.6, fat * 1.35], [-0.95, 0]),
    ]),
    part(ellipse(-0.6, -0.1, 0.08, 0.08)),
  ];
  if (chance(0.6))
    shapes.push(
      detail(...curve([-0.35, -fat * 0.8], [-0.2, -0.2], [-0.2, 0.2], [-0.35, fat * 0.8], 6)),
    );
  if (chance(0.5)) {
    const y = -fat * 0.85;
    shapes.push(
      body([
        [-0.35, y],
        [0, y - 0.3],
        [0.2, y + 0.08],
      ]),
    );
  }
  return shapes;
}

function iceCream({ between, chance, whole }) {
  const wide = between(0.42, 0.55);
  const shapes = [
    body([
      [-wide, -0.1],
      [wide, -0.1],
      [0, 1],
    ]),
  ];
  const lines = chance(0.7) ? whole(1, 2) : 0;
  for (let i = 1; i <= lines; ++i) {
    const x = wide * (1 - i * 0.55);
    shapes.push(
      detail([x, -0.1], [x * 0.2 - 0.2, 0.35 + 0.25 * i]),
      detail([-x, -0.1], [0.2 - x * 0.2, 0.35 + 0.25 * i]),
    );
  }
  if (chance(0.45)) {
    shapes.push(body(ellipse(-wide * 0.6, -0.25, wide * 0.72, 0.34)));
    shapes.push(body(ellipse(wide * 0.6, -0.25, wide * 0.72, 0.34)));
    shapes.push(body(ellipse(0, -0.62, wide * 0.8, 0.36)));
  } else {
    const scoop = ellipse(0, -0.15, wide * 1.15, between(0.6, 0.8), 0.5, 1);
    shapes.push(
      body([...scoop, ...curve(scoop[scoop.length - 1], [wide, 0.1], [-wide, 0.1], scoop[0])]),
    );
  }
  return shapes;
}

function pizza({ between, chance, whole }) {
  const shapes = [];
  if (chance(0.65)) {
    // A slice, its tip below.
    const wide = between(0.65, 0.85);
    shapes.push(
      body([
        [-wide, -0.6],
        ...curve([-wide, -0.6], [-wide / 2, -0.95], [wide / 2, -0.95], [wide, -0.6]),
        [0, 1],
      ]),
      detail(
        ...curve(
          [-wide * 0.85, -0.35],
          [-wide / 2, -0.65],
          [wide / 2, -0.65],
          [wide * 0.85, -0.35],
          6,
        ),
      ),
    );
    for (const [x, y] of [
      [-0.25, -0.25],
      [0.25, -0.15],
      [0, 0.3],
    ].slice(0, whole(2, 3))) {
      const size = between(0.1, 0.16);
      shapes.push(part(ellipse(x * wide * 1.3, y, size, size)));
    }
    return shapes;
  }
  shapes.push(body(ellipse(0, 0, 0.95, 0.95)));
  if (chance(0.6)) shapes.push(face(ellipse(0, 0, 0.76, 0.76)));
  const cuts = whole(2, 3);
  for (let i = 0; i < cuts; ++i) {
    const [[x, y]] = ellipse(0, 0, 0.95, 0.95, i / cuts / 2, i / cuts / 2 + 0.1);
    shapes.push(detail([x, y], [-x, -y]));
  }
  for (let i = 0; i < cuts * 2; ++i) {
    const at = (i + 0.5) / cuts / 2;
    const [[x, y]] = ellipse(0, 0, 0.52, 0.52, at, at + 0.1);
    shapes.push(part(ellipse(x, y, 0.13, 0.13)));
  }
  return shapes;
}

function soda({ between, chance }) {
  const wide = between(0.3, 0.42);
  const neck = between(0.1, 0.16);
  const shoulder = between(-0.35, -0.1);
  const shapes = [
    body([
      [-neck, -0.8],
      [neck, -0.8],
      ...curve([neck, -0.7], [neck, shoulder], [wide, shoulder - 0.1], [wide, shoulder + 0.15]),
      ...block(-wide, shoulder + 0.2, wide, 0.97, 0, 0.08).slice(1, -1),
      ...curve([-wide, shoulder + 0.15], [-wide, shoulder - 0.1], [-neck, shoulder], [-neck, -0.7]),
    ]),
    face(block(-neck - 0.05, -0.98, neck + 0.05, -0.8)),
  ];
  if (chance(0.65))
    shapes.push(
      part([
        [-wide, 0.2],
        [wide, 0.2],
        [wide, between(0.5, 0.65)],
        [-wide, 0.6],
      ]),
    );
  return shapes;
}

export const kProducts = {
  apple: { draw: apple, turns: 30, mirrors: true },
  banana: { draw: banana, turns: 50, mirrors: true },
  bread: { draw: bread, turns: 20, mirrors: true },
  carrot: { draw: carrot, turns: 60, mirrors: true },
  cheese: { draw: cheese, turns: 20, mirrors: true },
  chocolate: { draw: chocolate, turns: 40, mirrors: true },
  coffee: { draw: coffee, turns: 12, mirrors: true },
  doughnut: { draw: doughnut, turns: 45, mirrors: false },
  fish: { draw: fish, turns: 30, mirrors: true },
  'ice-cream': { draw: iceCream, turns: 30, mirrors: true },
  pizza: { draw: pizza, turns: 45, mirrors: false },
  soda: { draw: soda, turns: 30, mirrors: true },
};
