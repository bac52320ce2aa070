// Fruit and vegetables. Each drawing fills about 96 x 96 units around (80, 86) and stands alone;
// `presentation.ts` puts it loose, in a tray or in a bag, `emblems.ts` shrinks it onto labels.

import { type SVGTemplateResult, svg } from 'lit';
import type { Paint } from './palette.js';

export type Draw = (p: Paint) => SVGTemplateResult;

/** The colours whose pattern the product's name matches, else one fixed by the product. */
function byName(
  p: Paint,
  named: readonly (readonly [RegExp, readonly string[]])[],
): readonly string[] {
  const hit = named.find(([pattern]) => pattern.test(p.name));
  return (hit ?? named[p.pick(named.length, 3)] ?? named[0])?.[1] ?? [];
}

export const apple: Draw = (p) => {
  if (/\bpear/i.test(p.name)) return pear(p);
  const [skin, shade, blush] = byName(p, [
    [/red|gala|fuji|mcintosh/i, ['#b8433a', '#8f302d', '#d97b5d']],
    [/granny|green/i, ['#8fae4a', '#6d8a35', '#b9cf7c']],
    [/golden|yellow/i, ['#dfb84f', '#bb9236', '#efd68c']],
  ]);
  return svg`
    <path d="M80 62c-9-9-40-9-42 22-1 27 18 50 32 50 4 0 6-2 10-2s6 2 10 2c14 0 33-23 32-50-2-31-33-31-42-22z" fill=${skin} />
    <path d="M104 56c14 4 19 14 18 28-1 27-19 50-32 50-4 0-6-2-10-2 26-8 36-42 24-76z" fill=${shade} opacity=".55" />
    <path d="M48 76c2-9 9-14 17-14-8 5-13 13-14 26-4-2-4-7-3-12z" fill=${blush} opacity=".8" />
    <path d="M80 66c-1-10 0-18 6-26" fill="none" stroke="#6b4a2f" stroke-width="4" stroke-linecap="round" />
    <path d="M86 50c6-13 18-15 28-12-3 11-14 18-28 12z" fill="#6f9a4d" />`;
};

export const pear: Draw = () => svg`
  <path d="M80 44c-12 0-15 12-17 24-3 14-21 20-21 40 0 17 17 28 38 28s38-11 38-28c0-20-18-26-21-40-2-12-5-24-17-24z" fill="#b9b54c" />
  <path d="M80 44c12 0 15 12 17 24 3 14 21 20 21 40 0 17-17 28-38 28 26-10 24-56 0-92z" fill="#92913a" opacity=".6" />
  <path d="M80 48c0-8 2-14 7-18" fill="none" stroke="#6b4a2f" stroke-width="4" stroke-linecap="round" />`;

export const banana: Draw = (p) => {
  const [skin, shade] = byName(p, [
    [/ripe|yellow|banana/i, ['#e6c24a', '#c29a34']],
    [/green|plantain/i, ['#a9b656', '#84913c']],
  ]);
  return svg`
    <path d="M92 44c6 30-4 62-52 84 40 12 84-14 70-84z" fill=${shade} />
    <path d="M86 44c2 28-14 54-58 64 14 20 78 8 76-64z" fill=${skin} />
    <path d="M92 46c4 26-8 52-46 66 40-4 62-30 56-66z" fill=${shade} opacity=".45" />
    <path d="M100 44c14 26 20 50 8 88 22-14 28-52 6-88z" fill=${skin} />
    <path d="M84 34h24l6 12H86z" fill="#7d6a35" />
    <path d="M28 108c3 6 7 8 12 10l-1-12zM108 132l4-10 5 4c-2 3-5 6-9 6z" fill="#6b5526" />`;
};

const segments = (cx: number, cy: number, radius: number, flesh: string) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => {
    const from = ((i + 0.1) * Math.PI) / 4;
    const to = ((i + 0.9) * Math.PI) / 4;
    const point = (angle: number) =>
      `${(cx + Math.cos(angle) * radius).toFixed(1)} ${(cy + Math.sin(angle) * radius).toFixed(1)}`;
    return svg`<path d="M${cx} ${cy}L${point(from)}A${radius} ${radius} 0 0 1 ${point(to)}z" fill=${flesh} />`;
  });

export const citrus: Draw = (p) => {
  const [skin, shade, flesh] = byName(p, [
    [/orange|clement|tanger|navel/i, ['#db8b36', '#b86c24', '#eeb169']],
    [/lemon/i, ['#e3c545', '#bf9f2d', '#f0df8b']],
    [/lime/i, ['#7fa24a', '#5f7e35', '#bcd28c']],
    [/grapefruit/i, ['#dd9b52', '#b97a37', '#dd8a78']],
  ]);
  return svg`
    <circle cx="66" cy="80" r="40" fill=${skin} />
    <path d="M84 44a40 40 0 0 1-40 70 40 40 0 0 0 40-70z" fill=${shade} opacity=".5" />
    <circle cx="48" cy="66" r="6" fill="#fff" opacity=".3" />
    <path d="M70 44c4-12 16-14 24-10-2 9-12 16-24 10z" fill="#5f8f4c" />
    <circle cx="98" cy="104" r="33" fill=${skin} />
    <circle cx="98" cy="104" r="29" fill="#fbf1dc" />
    ${segments(98, 104, 25, flesh as string)}`;
};

export const berries: Draw = (p) => {
  if (/strawberr/i.test(p.name)) return strawberry(p);
  const [one, two] = byName(p, [
    [/blueberr/i, ['#4f6390', '#394a72']],
    [/rasp|cran|cherr/i, ['#a83a4c', '#7f2a3b']],
    [/blackberr/i, ['#4b3a56', '#33273d']],
  ]);
  if (/cherr/i.test(p.name)) {
    return svg`
      <path d="M60 96c4-28 16-46 34-58 4 20 10 34 14 50" fill="none" stroke="#5d7a3e" stroke-width="4" stroke-linecap="round" />
      <path d="M92 40c8-14 24-14 34-8-6 12-20 16-34 8z" fill="#6f9a4d" />
      <circle cx="58" cy="110" r="25" fill=${one} /><circle cx="108" cy="104" r="25" fill=${one} />
      <path d="M76 93a25 25 0 0 1-28 40 25 25 0 0 0 28-40zM126 87a25 25 0 0 1-28 40 25 25 0 0 0 28-40z" fill=${two} opacity=".6" />
      <circle cx="50" cy="101" r="5" fill="#fff" opacity=".4" /><circle cx="100" cy="95" r="5" fill="#fff" opacity=".4" />`;
  }
  const spots = [
    [52, 86],
    [74, 82],
    [96, 84],
    [114, 90],
    [62, 70],
    [84, 66],
    [104, 72],
    [74, 54],
    [93, 55],
  ] as const;
  return svg`
    ${spots.map(([x, y], i) => svg`<circle cx=${x} cy=${y} r="13.5" fill=${i % 3 === 1 ? two : one} /><circle cx=${x - 4} cy=${y - 4} r="3.2" fill="#fff" opacity=".28" />`)}
    <path d="M34 88h92l-9 44a6 6 0 0 1-6 4H49a6 6 0 0 1-6-4z" fill="#d9b98a" />
    <path d="M34 88h92l-2 10H36z" fill="#c29f6d" />
    <path d="M52 104l3 24M70 104l1 24M90 104l-1 24M108 104l-3 24" stroke="#b8935f" stroke-width="3" stroke-linecap="round" />`;
};

export const strawberry: Draw = () => svg`
  <path d="M80 136c-30-18-44-46-38-64 6-16 26-16 38-8 12-8 32-8 38 8 6 18-8 46-38 64z" fill="#c3423f" />
  <path d="M104 58c10 2 14 8 16 14 4 18-10 46-40 64 22-24 32-50 24-78z" fill="#982f33" opacity=".6" />
  <path d="M80 66c-14-2-22-8-26-16 8-2 14-1 18 2 0-6 2-12 8-16 6 4 8 10 8 16 4-3 10-4 18-2-4 8-12 14-26 16z" fill="#5f8f4c" />
  ${(
    [
      [60, 80],
      [76, 84],
      [94, 80],
      [68, 98],
      [86, 100],
      [102, 94],
      [78, 116],
    ] as const
  ).map(([x, y]) => svg`<ellipse cx=${x} cy=${y} rx="2.2" ry="3.4" fill="#f0cf82" />`)}`;

export const grapes: Draw = (p) => {
  const [skin, shade] = byName(p, [
    [/red|globe/i, ['#8d4355', '#6d3041']],
    [/white|green|seedless/i, ['#a8b85c', '#869543']],
    [/black|concord/i, ['#5a4670', '#413152']],
  ]);
  const rows = [
    [80, 128],
    [69, 112],
    [91, 112],
    [58, 95],
    [80, 96],
    [102, 95],
    [48, 77],
    [69, 78],
    [91, 78],
    [112, 77],
    [60, 62],
    [80, 61],
    [100, 62],
  ] as const;
  return svg`
    <path d="M80 60V40m0 8c8-8 16-8 22-6" fill="none" stroke="#6b5a35" stroke-width="4" stroke-linecap="round" />
    <path d="M78 46c-16-14-34-8-38 4 12 8 28 8 38-4z" fill="#7d9f56" />
    ${rows.map(([x, y], i) => svg`<circle cx=${x} cy=${y} r="12.5" fill=${i % 3 ? skin : shade} /><circle cx=${x - 4} cy=${y - 4} r="3" fill="#fff" opacity=".32" />`)}`;
};

export const melon: Draw = (p) => {
  const [rind, stripe, flesh] = byName(p, [
    [/water/i, ['#4f7d4c', '#365c3a', '#cb5650']],
    [/cantal|musk/i, ['#c9b182', '#ab925f', '#e39a5c']],
    [/honey/i, ['#c9cf92', '#a9b06b', '#cfdc9c']],
  ]);
  return svg`
    <circle cx="70" cy="80" r="44" fill=${rind} />
    <path d="M70 36c-22 20-22 68 0 88M70 36c22 20 22 68 0 88M70 36v88M44 45c-16 24-16 46 0 70M96 45c16 24 16 46 0 70" fill="none" stroke=${stripe} stroke-width="5" opacity=".75" />
    <path d="M58 100h76a38 38 0 0 1-76 0z" fill=${rind} />
    <path d="M62 100h68a34 34 0 0 1-68 0z" fill="#f4ecd4" />
    <path d="M66 100h60a30 30 0 0 1-60 0z" fill=${flesh} />
    <path d="M82 108l2 6M96 110v7M110 108l-2 6M90 121l1 4M102 121l-1 4" stroke="#3d2a22" stroke-width="3" stroke-linecap="round" opacity=".7" />`;
};

export const peach: Draw = (p) => {
  const [skin, shade, blush] = byName(p, [
    [/peach/i, ['#e5a468', '#c67a48', '#d0685a']],
    [/plum|prune/i, ['#6d3f60', '#4f2b47', '#8d5a7a']],
    [/nectar/i, ['#d5704a', '#aa4f36', '#e3a35c']],
    [/apricot/i, ['#e6ad5b', '#c68c3b', '#d98556']],
  ]);
  return svg`
    <circle cx="80" cy="92" r="44" fill=${skin} />
    <path d="M104 56a44 44 0 0 1-44 76 48 48 0 0 0 44-76z" fill=${blush} opacity=".6" />
    <path d="M82 50c-16 14-20 46-8 84" fill="none" stroke=${shade} stroke-width="4" stroke-linecap="round" />
    <path d="M80 52c0-8 2-12 6-16" fill="none" stroke="#6b4a2f" stroke-width="4" stroke-linecap="round" />
    <path d="M86 46c8-18 28-22 42-16-4 16-24 24-42 16z" fill="#6f9a4d" />
    <path d="M90 44c12-2 22-6 32-12" fill="none" stroke="#557b3a" stroke-width="2" />`;
};

const oneCarrot = svg`
  <path d="M70 58c10-6 22-2 26 6 2 24-14 56-42 74-4 2-8-1-7-6 2-30 8-56 23-74z" fill="#d97f3c" />
  <path d="M90 58c4 2 6 4 6 6 2 24-14 56-42 74 20-24 34-48 36-80z" fill="#b5602a" opacity=".5" />
  <path d="M66 78l12 5M60 96l14 5M88 88l-10-3M55 114l11 4" stroke="#b5602a" stroke-width="2.5" stroke-linecap="round" />
  <path d="M82 60c-6-14-6-22-2-30 5 6 7 12 7 20 3-9 8-15 16-18 0 9-3 16-10 22 6-3 12-4 18-2-5 8-15 13-29 8z" fill="#5f8f4c" />`;

export const carrot: Draw = (p) => {
  if (/celery/i.test(p.name)) {
    return svg`
      <path d="M56 136c-6-30-6-52 0-76l12 2c-2 26 0 50 4 74zM104 136c6-30 6-52 0-76l-12 2c2 26 0 50-4 74z" fill="#8db062" />
      <path d="M70 138c-4-34-4-56 0-86h20c4 30 4 52 0 86z" fill="#a9c67d" />
      <path d="M76 56v80M84 56v80M61 66l3 66M99 66l-3 66" stroke="#7a9c52" stroke-width="2.5" />
      <path d="M44 60c-6-14 2-28 16-28 2-10 14-14 20-6 6-8 18-4 20 6 14 0 22 14 16 28-12 8-60 8-72 0z" fill="#5f8f4c" />`;
  }
  return svg`<g transform="matrix(-1 0 0 1 160 0)">${oneCarrot}</g>${oneCarrot}`;
};

export const lettuce: Draw = (p) => {
  const [leafy, shade] = byName(p, [
    [/lettuce|iceberg|salad/i, ['#86b25b', '#669244']],
    [/spinach|kale|green|romaine/i, ['#4f8449', '#3a6738']],
    [/red|radic/i, ['#85475a', '#667d45']],
    [/cabbage/i, ['#a3c182', '#7fa162']],
  ]);
  return svg`
    <path d="M80 136c-30 2-50-16-48-40-8-18 4-36 20-38 4-14 18-20 28-14 10-6 24 0 28 14 16 2 28 20 20 38 2 24-18 42-48 40z" fill=${shade} />
    <path d="M80 132c-22 0-40-16-36-36 2-8 8-10 12-8-4-14 6-28 18-30 2 10 4 14 6 14s4-4 6-14c12 2 22 16 18 30 4-2 10 0 12 8 4 20-14 36-36 36z" fill=${leafy} />
    <path d="M80 132c-14-2-22-14-18-30 6-4 12-2 14 4 0-12 2-20 4-20s4 8 4 20c2-6 8-8 14-4 4 16-4 28-18 30z" fill="#c4dba0" />
    <path d="M80 92v36M66 104c6 6 10 14 12 22M94 104c-6 6-10 14-12 22" fill="none" stroke="#f0f4dc" stroke-width="3" stroke-linecap="round" />`;
};

const oneTomato = (x: number, y: number, radius: number, skin: string, shade: string) => svg`
  <ellipse cx=${x} cy=${y} rx=${radius} ry=${radius * 0.92} fill=${skin} />
  <path d="M${x + radius * 0.5} ${y - radius * 0.75}a${radius} ${radius} 0 0 1-${radius} ${radius * 1.55} ${radius} ${radius} 0 0 0 ${radius}-${radius * 1.55}z" fill=${shade} opacity=".55" />
  <ellipse cx=${x - radius * 0.45} cy=${y - radius * 0.4} rx=${radius * 0.16} ry=${radius * 0.1} fill="#fff" opacity=".45" />
  <path d="M${x} ${y - radius * 0.72}l-${radius * 0.46}-8 ${radius * 0.3}-2 4-9 ${radius * 0.14} 9 ${radius * 0.5}-2-${radius * 0.3} 8z" fill="#5f8f4c" />`;

export const tomato: Draw = (p) => {
  const [skin, shade] = byName(p, [
    [/tomato/i, ['#c84b3c', '#9a342e']],
    [/yellow|gold/i, ['#dfae45', '#b98931']],
  ]);
  return svg`
    <path d="M40 56c26 2 50-4 76-16M78 52c2 6 2 10 0 14M108 44c4 8 4 22 2 30" fill="none" stroke="#5b7d44" stroke-width="5" stroke-linecap="round" />
    ${oneTomato(104, 96, 31, skin as string, shade as string)}
    ${oneTomato(62, 102, 34, skin as string, shade as string)}`;
};

export const potato: Draw = (p) => {
  const [skin, shade] = byName(p, [
    [/russet|baking|idaho|potato/i, ['#c2a06b', '#9d7c4b']],
    [/red/i, ['#b0645a', '#8c4943']],
    [/sweet|yam/i, ['#c27a4e', '#9a5a36']],
    [/gold|yellow/i, ['#dcbe7a', '#b89654']],
  ]);
  return svg`
    <path d="M56 60c22-18 62-14 72 14 8 24-10 44-38 44-30 0-56-40-34-58z" fill=${shade} />
    <path d="M36 98c2-24 26-34 50-26 24 6 34 26 24 44-10 20-40 24-58 16-12-6-17-18-16-34z" fill=${skin} />
    <path d="M100 84c12 8 16 20 10 32-10 20-40 24-58 16 30 2 54-18 48-48z" fill=${shade} opacity=".5" />
    <path d="M56 92l5 2M74 86l4 3M64 112l5-2M86 102l4 2M90 118l4-2M108 74l4 2" stroke="#7d5f38" stroke-width="3" stroke-linecap="round" />`;
};

export const onion: Draw = (p) => {
  if (/garlic/i.test(p.name)) return bulb('#efe6d2', '#cfc3a8');
  const [skin, shade] = byName(p, [
    [/yellow|sweet|onion/i, ['#cf9a52', '#a87637']],
    [/red/i, ['#8c4560', '#6b3149']],
    [/white/i, ['#efe8d8', '#cfc5ae']],
  ]);
  if (/green onion|scallion|leek/i.test(p.name)) {
    return svg`${[58, 74, 90].map(
      (x, i) => svg`
      <path d="M${x} 128c-2-30 0-60 ${4 + i * 6}-98h6c0 36-2 68 2 98z" fill="#6f9f55" />
      <path d="M${x - 2} 98h12l2 26a8 8 0 0 1-14 0z" fill="#f1eddd" />
      <path d="M${x + 2} 132v8m4-8v8" stroke="#cfc5ae" stroke-width="2" />`,
    )}
      <rect x="50" y="88" width="58" height="8" rx="3" fill="#8a5a7a" />`;
  }
  return bulb(skin as string, shade as string);
};

const bulb = (skin: string, shade: string) => svg`
  <path d="M72 132l-4 10M80 134v10M88 132l4 10" stroke="#b89f74" stroke-width="3" stroke-linecap="round" />
  <path d="M80 134c-28 0-46-14-44-34 2-22 28-28 38-46 2-6 2-12 0-18h14c-2 6-2 12 0 18 8 18 34 24 36 46 2 20-16 34-44 34z" fill=${skin} />
  <path d="M80 134c-14-10-20-46-4-80M80 134c14-10 20-46 6-80M80 134c-30-6-36-30-20-50M80 134c30-6 36-30 22-50" fill="none" stroke=${shade} stroke-width="3" opacity=".7" />
  <path d="M74 36l-4-8 8 2 4-6 3 7 7-3-4 8z" fill=${shade} />`;

export const pepper: Draw = (p) => {
  const [skin, shade] = byName(p, [
    [/green|bell|jalap/i, ['#5e9048', '#426b33']],
    [/red|chil/i, ['#bf4437', '#932f2a']],
    [/yellow/i, ['#dfb13f', '#b98a2a']],
    [/orange/i, ['#d8823a', '#b06224']],
  ]);
  return svg`
    <path d="M80 66c-12-10-40-8-42 18-2 24 10 52 24 52 8 0 12-4 18-4s10 4 18 4c14 0 26-28 24-52-2-26-30-28-42-18z" fill=${skin} />
    <path d="M106 58c10 4 15 12 16 26 2 24-10 52-24 52-8 0-12-4-18-4 24-14 34-46 26-74z" fill=${shade} opacity=".6" />
    <path d="M66 70c-6 20-4 44 4 62M94 70c6 20 4 44-4 62" fill="none" stroke=${shade} stroke-width="3.5" stroke-linecap="round" opacity=".7" />
    <path d="M52 74c-6 8-6 22-3 32" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".3" />
    <path d="M62 64c6-8 14-6 16-10 0-8-4-14-8-18l12-4c6 8 6 14 6 22 4 4 10 4 12 10-12 6-26 6-38 0z" fill="#4e7a3e" />`;
};

export const vegetables: Draw = (p) => {
  const squash = /squash|zucch|cucumber/i.test(p.name);
  if (squash) {
    const light = /yellow/i.test(p.name);
    return svg`<g transform="rotate(-32 80 86)">
      <rect x="26" y="54" width="108" height="30" rx="15" fill=${light ? '#dcb94c' : '#4f7d4a'} />
      <rect x="34" y="90" width="104" height="30" rx="15" fill=${light ? '#e6ca6b' : '#63935a'} />
      <path d="M40 66h78M44 74h70M48 102h76M52 110h68" stroke=${light ? '#b8932f' : '#345c35'} stroke-width="3" stroke-linecap="round" opacity=".55" />
      <path d="M24 62h8v14h-8a5 5 0 0 1-5-5v-4a5 5 0 0 1 5-5z" fill="#8a7a4a" /></g>`;
  }
  if (/broccoli|cauli/i.test(p.name)) {
    const [head, shade] = /cauli/i.test(p.name) ? ['#efe9d6', '#d2cab0'] : ['#4f7f46', '#3a6335'];
    return svg`
      <path d="M66 90h28l6 44a6 6 0 0 1-6 5H66a6 6 0 0 1-6-5z" fill="#a3bf7c" />
      <path d="M80 96l-24-18M80 96l24-18" stroke="#a3bf7c" stroke-width="12" stroke-linecap="round" />
      ${(
        [
          [46, 76, 18],
          [114, 76, 18],
          [62, 58, 20],
          [98, 58, 20],
          [80, 48, 20],
          [80, 76, 22],
        ] as const
      ).map(
        ([x, y, size]) =>
          svg`<circle cx=${x} cy=${y} r=${size} fill=${head} /><circle cx=${x + 5} cy=${y + 5} r=${size - 8} fill=${shade} opacity=".35" /><circle cx=${x - 6} cy=${y - 6} r="4" fill="#fff" opacity=".18" />`,
      )}`;
  }
  if (/bean|pea|asparagus|herb|parsley|cilantro/i.test(p.name)) {
    return svg`${[0, 1, 2, 3, 4].map(
      (i) => svg`
      <path d="M${50 + i * 14} 134c-10-30-8-60 ${6 + i} -96 8 30 8 64 4 96z" fill=${i % 2 ? '#5c8d4b' : '#78a65c'} />`,
    )}
      <path d="M60 70l2 40M76 66l2 44M92 66l1 44M106 70l0 40" stroke="#446f39" stroke-width="2" opacity=".6" />
      <rect x="42" y="96" width="76" height="10" rx="4" fill="#c77f4a" />`;
  }
  return svg`
    <path d="M40 84c-8-20 4-38 16-40 4 14 4 28 0 40zM60 84c-4-26 4-48 20-56 14 12 18 34 10 56z" fill="#6c9d55" />
    <path d="M80 84V40M52 84c-2-12 0-22 2-30" stroke="#9cc27f" stroke-width="3" />
    <circle cx="104" cy="66" r="16" fill="#4f7f46" /><circle cx="118" cy="74" r="12" fill="#3f6c3a" /><circle cx="92" cy="74" r="12" fill="#5c8d4b" />
    <path d="M112 86c8-20 14-28 20-34 2 12-2 24-8 34z" fill="#d9843f" />
    <path d="M30 84h100v12H30zM34 100h92v14H34zM34 118h92v16H34z" fill="#cfa872" />
    <path d="M30 92h100v4H30zM34 110h92v4H34zM34 130h92v4H34z" fill="#a9824e" />
    <path d="M36 84h10v50H36zM114 84h10v50h-10z" fill="#b98f5a" />`;
};

export const mushroom: Draw = () => svg`
  <path d="M30 84c0-26 20-44 44-44s44 18 44 44c0 6-6 8-14 8H44c-8 0-14-2-14-8z" fill="#d9c7a8" />
  <path d="M96 46c14 8 22 22 22 38 0 6-6 8-14 8H80c18-8 22-28 16-46z" fill="#b59f7b" opacity=".6" />
  <path d="M60 90h28c0 18 2 30 6 40 0 6-40 6-40 0 4-10 6-22 6-40z" fill="#efe4cc" />
  <path d="M82 112c0-20 14-32 28-32s26 12 26 30c0 4-4 6-10 6h-6c0 8 2 14 4 20 0 4-26 4-26 0 2-6 4-12 4-20h-12c-6 0-8-2-8-4z" fill="#f3ead6" />
  <path d="M92 108c2-12 10-20 18-20s16 8 18 20c-6 2-10-2-12-6h-12c-2 4-6 8-12 6z" fill="#c8b08b" />`;

export const corn: Draw = () => svg`
  <path d="M80 26c22 22 26 66 0 106-26-40-22-84 0-106z" fill="#e4bf49" />
  <path d="M70 46h20M65 60h30M62 74h36M62 88h36M65 102h30M80 30v96M70 40v80M90 40v80" stroke="#bf9730" stroke-width="2" opacity=".65" />
  <path d="M82 140c-34-10-48-40-42-72 20 14 36 40 42 72z" fill="#7ca556" />
  <path d="M78 140c34-10 48-40 42-72-20 14-36 40-42 72z" fill="#5f8846" />
  <path d="M48 84c14 14 24 34 32 54M112 84c-14 14-24 34-32 54" fill="none" stroke="#a9c886" stroke-width="2" opacity=".7" />`;
