// Bread, cakes, biscuits. Same frame as produce.ts: about 96 x 96 around (80, 86).

import { svg } from 'lit';
import type { Draw } from './produce.js';

const crusts = [
  ['#cf9a5b', '#a87440', '#efd3a0'],
  ['#a9703d', '#84522b', '#d9b07a'],
  ['#dcb26e', '#b78a48', '#f3dfb4'],
] as const;

const crust = (p: Parameters<Draw>[0]) =>
  /rye|wheat|whole|grain|pumper/i.test(p.name) ? crusts[1] : (crusts[p.pick(3, 5)] ?? crusts[0]);

export const bread: Draw = (p) => {
  const [outer, shade, crumb] = crust(p);
  if (/tortilla|wrap|pita|flat/i.test(p.name)) {
    return svg`
      <ellipse cx="80" cy="116" rx="52" ry="20" fill="#c79d63" /><ellipse cx="80" cy="108" rx="52" ry="20" fill="#e3c48d" />
      <ellipse cx="80" cy="100" rx="52" ry="20" fill="#cfa76d" /><ellipse cx="80" cy="92" rx="52" ry="20" fill="#efd9ab" />
      <path d="M50 88l8 3M72 82l10 2M98 86l9 4M62 100l9 2M88 98l10-2M110 94l6 2" stroke="#c08f52" stroke-width="4" stroke-linecap="round" opacity=".7" />`;
  }
  if (/french|baguette|italian|loaf|vienna/i.test(p.name) || p.pick(3, 6) === 0) {
    return svg`<g transform="rotate(-24 80 90)">
      <rect x="22" y="66" width="116" height="46" rx="23" fill=${outer} />
      <path d="M22 92c30 10 90 10 116-4-2 14-12 24-24 24H46c-14 0-22-8-24-20z" fill=${shade} opacity=".6" />
      <path d="M46 74c8 2 14 10 14 20M70 72c8 2 14 12 14 22M94 72c8 2 14 12 14 20" fill="none" stroke=${crumb} stroke-width="6" stroke-linecap="round" /></g>`;
  }
  return svg`
    <path d="M66 46h44c18 0 26 12 22 24-2 6-6 8-6 12v44a6 6 0 0 1-6 6H66z" fill=${shade} />
    <path d="M30 70c-4-14 6-24 22-24h30c16 0 26 10 22 24-2 6-6 8-6 12v44a6 6 0 0 1-6 6H42a6 6 0 0 1-6-6V82c0-4-4-6-6-12z" fill=${outer} />
    <path d="M38 70c-2-9 5-16 16-16h26c11 0 18 7 16 16-1 4-6 7-6 12v40a3 3 0 0 1-3 3H47a3 3 0 0 1-3-3V82c0-5-5-8-6-12z" fill=${crumb} />
    <path d="M54 72l3 3M74 66l3 3M62 92l3 2M80 88l3 3M56 108l3 3M76 110l3-2" stroke=${outer} stroke-width="3" stroke-linecap="round" opacity=".7" />
    <path d="M108 52c8 2 12 8 10 16M118 52c7 3 10 8 8 15" fill="none" stroke=${outer} stroke-width="2.5" opacity=".8" />`;
};

export const bun: Draw = (p) => {
  const [outer, shade, crumb] = crust(p);
  if (/bagel/i.test(p.name)) {
    return svg`
      <ellipse cx="80" cy="92" rx="50" ry="42" fill=${outer} /><path d="M126 76c10 26-16 58-46 58s-52-20-50-44c10 30 76 34 96-14z" fill=${shade} opacity=".5" />
      <ellipse cx="80" cy="88" rx="16" ry="12" fill="#f6ead2" /><ellipse cx="80" cy="86" rx="16" ry="10" fill=${shade} />
      <path d="M54 70l4 2M74 62l4 1M100 64l4 2M112 82l3 3M48 90l4 1M62 108l3 2M96 110l4-1" stroke="#fff4d8" stroke-width="3.4" stroke-linecap="round" />`;
  }
  const seeds = p.pick(2, 7)
    ? svg`<path d="M56 88l4-2M66 80l4 1M78 84l3-2M64 94l4 0M80 94l3 1" stroke="#fff1cf" stroke-width="3" stroke-linecap="round" />`
    : svg`<path d="M50 96c10-12 30-14 42-4" fill="none" stroke=${crumb} stroke-width="5" stroke-linecap="round" />`;
  return svg`
    <path d="M64 84c0-22 16-36 36-36s34 16 34 36c0 10-8 14-18 14H80c-10 0-16-4-16-14z" fill=${shade} />
    <path d="M74 66c4-8 14-12 24-12" fill="none" stroke=${outer} stroke-width="5" stroke-linecap="round" />
    <path d="M26 108c0-24 20-40 46-40s46 16 46 40-12 24-22 24H48c-12 0-22-4-22-24z" fill=${outer} />
    <path d="M104 80c9 7 14 16 14 28 0 24-12 24-22 24H70c30-4 42-26 34-52z" fill=${shade} opacity=".45" />${seeds}`;
};

export const cake: Draw = (p) => {
  const looks = [
    ['#7a5138', '#5e3c29', '#a3704c', '#f2e3c6'],
    ['#f2dfae', '#dcc184', '#d58f9b', '#fff8ea'],
    ['#c9603f', '#a04a31', '#f3ead8', '#fffaf0'],
  ] as const;
  const [sponge, shade, icing, cream] =
    (/choc/i.test(p.name) ? looks[0] : looks[p.pick(3, 5)]) ?? looks[1];
  if (/pie/i.test(p.name)) {
    return svg`
      <path d="M30 92h100l-10 34a8 8 0 0 1-8 6H48a8 8 0 0 1-8-6z" fill="#b9bcc0" />
      <path d="M24 92c2-18 26-32 56-32s54 14 56 32z" fill="#d6a25c" />
      <path d="M24 92q9 10 16 0 8 10 16 0 8 10 16 0 8 10 16 0 8 10 16 0 8 10 16 0 8 10 16 0z" fill="#bb8443" />
      <path d="M64 78l8-8M80 82V70M96 78l-8-8" stroke="#9c5a3b" stroke-width="4" stroke-linecap="round" />`;
  }
  if (/muffin|cupcake|snack/i.test(p.name)) {
    return svg`
      <path d="M46 88h68l-10 42a6 6 0 0 1-6 5H62a6 6 0 0 1-6-5z" fill=${p.main} />
      <path d="M60 90l5 44M74 90l2 44M88 90l-2 44M102 90l-6 44" stroke=${p.deep} stroke-width="3" opacity=".6" />
      <path d="M40 90c-8-14 4-26 14-26 0-16 16-24 28-20 14-4 26 6 26 20 12 2 20 14 12 26-8 6-72 6-80 0z" fill=${icing} />
      <path d="M54 80c16 6 36 6 52-4M62 64c10 4 24 4 34-2" fill="none" stroke=${cream} stroke-width="4" stroke-linecap="round" opacity=".7" />
      <circle cx="82" cy="42" r="7" fill="#b5433f" />`;
  }
  return svg`
    <ellipse cx="80" cy="130" rx="56" ry="9" fill="#e4e0d6" /><ellipse cx="80" cy="127" rx="50" ry="6" fill="#f7f4ec" />
    <path d="M32 84l88-26v66H32z" fill=${sponge} /><path d="M32 84l88-26v13L32 95z" fill=${icing} />
    <path d="M32 104l88-8v8l-88 8z" fill=${cream} /><path d="M120 58l10 22v40l-10 4z" fill=${shade} />
    <path d="M40 92v8a4 4 0 0 0 8 0v-10zM70 84v12a4 4 0 0 0 8 0V82zM98 76v10a4 4 0 0 0 8 0V74z" fill=${icing} />
    <circle cx="88" cy="56" r="9" fill="#b5433f" /><path d="M90 48c2-6 6-9 11-10" fill="none" stroke="#5f7a40" stroke-width="2.5" stroke-linecap="round" />`;
};

export const doughnut: Draw = (p) => {
  const icing = ['#d98ea0', '#7a5138', '#f3e9d4', '#a5c4c9'][p.pick(4, 5)] as string;
  return svg`
    <circle cx="80" cy="90" r="46" fill="#d6a25c" /><path d="M118 64a46 46 0 0 1-76 52 50 50 0 0 0 76-52z" fill="#b07f3f" opacity=".5" />
    <path d="M80 48c26 0 42 18 42 38 0 8-6 4-10 10s-10-2-16 4-12-2-18 4-12-4-18 0-10-8-16-10-6-6-6-10c0-20 18-36 42-36z" fill=${icing} />
    <circle cx="80" cy="88" r="15" fill="#f2ead9" /><path d="M65 88a15 15 0 0 1 30 0 16 12 0 0 0-30 0z" fill="#b07f3f" />
    <path d="M56 70l6 4M72 58l5-3M94 60l6 3M108 78l4-5M52 90l5-2M104 94l5 2" stroke="#e8c04f" stroke-width="4" stroke-linecap="round" />
    <path d="M64 62l2 5M86 54l-2 5M110 88l-5-1M62 82l-4 4" stroke="#5a8f8a" stroke-width="4" stroke-linecap="round" />`;
};

export const cookie: Draw = (p) => {
  const dark = /oreo|choc.*(sand|creme)|cream/i.test(p.name) || p.pick(3, 5) === 0;
  const [dough, shade, chip] = dark
    ? ['#5e4334', '#463126', '#8a6a53']
    : ['#d3a35f', '#ad7f42', '#6a4630'];
  return svg`
    <circle cx="98" cy="78" r="36" fill=${shade} />${chips(98, 70, chip)}
    <circle cx="66" cy="98" r="38" fill=${dough} />
    <path d="M88 67a38 38 0 0 1-44 62 42 42 0 0 0 44-62z" fill=${shade} opacity=".45" />${chips(62, 98, chip)}`;
};

const chips = (x: number, y: number, fill: string) =>
  (
    [
      [-16, -12],
      [6, -20],
      [18, 2],
      [-4, 4],
      [-18, 14],
      [10, 20],
    ] as const
  ).map(
    ([dx, dy], i) =>
      svg`<rect x=${x + dx - 4} y=${y + dy - 3.5} width="9" height="7.5" rx="3" fill=${fill} transform="rotate(${i * 31} ${x + dx} ${y + dy})" />`,
  );

export const pretzel: Draw = () => svg`
  <path d="M80 78c-12-30-52-22-48 8 2 20 22 34 48 46 26-12 46-26 48-46 4-30-36-38-48-8z" fill="none" stroke="#8f5a30" stroke-width="15" stroke-linejoin="round" />
  <path d="M80 78c-6 20-20 36-40 46M80 78c6 20 20 36 40 46" fill="none" stroke="#a86c3b" stroke-width="13" stroke-linecap="round" />
  <path d="M44 66l4 2M36 86l3 4M58 62l4 4M112 66l4 2M120 88l3-3M100 64l3-3M66 104l3 3M92 106l3-3M80 132l4-1" stroke="#fff6e3" stroke-width="5" stroke-linecap="round" />`;

export const cracker: Draw = (p) => {
  const round = p.pick(2, 5) === 1 || /ritz|round/i.test(p.name);
  const one = (x: number, y: number, fill: string) =>
    round
      ? svg`<circle cx=${x} cy=${y} r="33" fill=${fill} />${holes(x, y)}`
      : svg`<rect x=${x - 32} y=${y - 32} width="64" height="64" rx="7" fill=${fill} />${holes(x, y)}`;
  return svg`${one(100, 74, '#b98a4c')}${one(86, 86, '#d0a566')}${one(68, 100, '#e5c48b')}`;
};

const holes = (x: number, y: number) =>
  (
    [
      [-14, -14],
      [0, -14],
      [14, -14],
      [-14, 0],
      [0, 0],
      [14, 0],
      [-14, 14],
      [0, 14],
      [14, 14],
    ] as const
  ).map(([dx, dy]) => svg`<circle cx=${x + dx} cy=${y + dy} r="2.3" fill="#a5793d" />`);
