// Meat, fish, eggs, cheese as they lie on the counter. Same frame as produce.ts.

import { svg } from 'lit';
import type { Draw } from './produce.js';

export const egg: Draw = (p) => {
  const [shell, shade] =
    /brown/i.test(p.name) || p.pick(3, 5) === 0 ? ['#d9ac80', '#bb8a5c'] : ['#f5eddc', '#dccfb4'];
  return svg`
    <path d="M30 66c4-14 96-14 100 0l4 26H26z" fill=${p.deep} opacity=".9" />
    ${[48, 80, 112].map((x) => svg`<ellipse cx=${x} cy="92" rx="16" ry="21" fill=${shell} /><path d="M${x + 7} 74c10 8 12 26 4 34-8 4-14 4-18 2 14-4 20-20 14-36z" fill=${shade} opacity=".6" />`)}
    <path d="M24 100q12 -10 24 0 8 10 16 0t16 0q8 10 16 0t16 0q12 -10 24 0l-6 32a6 6 0 0 1-6 5H36a6 6 0 0 1-6-5z" fill=${p.main} />
    <path d="M28 122h104l-2 10a6 6 0 0 1-6 5H36a6 6 0 0 1-6-5z" fill=${p.deep} opacity=".5" />`;
};

export const cheese: Draw = (p) => {
  const looks = [
    ['#e2b04a', '#c28d2f', '#f0cb78'],
    ['#f0dfae', '#d3bc7d', '#f8eeca'],
    ['#d98a3f', '#b46a28', '#eaae6a'],
  ] as const;
  const look = /ched|american|colby/i.test(p.name)
    ? looks[2]
    : /swiss|mozz|parm|provol|feta/i.test(p.name)
      ? looks[1]
      : looks[p.pick(3, 5)];
  const [body, shade, top] = look ?? looks[0];
  return svg`
    <path d="M28 92l72-42c18 4 30 16 32 34l-60 10z" fill=${top} />
    <path d="M28 92h104v34a6 6 0 0 1-6 6H34a6 6 0 0 1-6-6z" fill=${body} />
    <path d="M132 84v8h-60z" fill=${top} />
    <path d="M118 92h14v34a6 6 0 0 1-6 6h-8z" fill=${shade} opacity=".6" />
    <circle cx="56" cy="112" r="9" fill=${shade} /><circle cx="92" cy="104" r="6" fill=${shade} /><circle cx="104" cy="120" r="8" fill=${shade} />
    <path d="M76 132a9 9 0 0 1 18 0zM28 100a7 7 0 0 1 0 14z" fill=${shade} /><ellipse cx="92" cy="74" rx="9" ry="5" fill=${shade} opacity=".7" />`;
};

export const meat: Draw = (p) => {
  if (/patt|burger/i.test(p.name)) {
    return svg`${tray(p)}${[
      [54, 80],
      [106, 80],
      [80, 92],
    ].map(
      ([x = 0, y = 0]) =>
        svg`<ellipse cx=${x} cy=${y + 6} rx="29" ry="17" fill="#84312f" /><ellipse cx=${x} cy=${y} rx="29" ry="17" fill="#b25a50" /><path d="M${x - 14} ${y - 2}l6 3M${x + 2} ${y - 7}l7 2M${x - 2} ${y + 6}l8-2M${x + 12} ${y + 2}l5 2" stroke="#d4948a" stroke-width="3" stroke-linecap="round" />`,
    )}`;
  }
  if (
    /ground|chuck/i.test(p.name) &&
    (/roll|\b\d+ ?lb/i.test(`${p.name} ${p.size}`) || p.pick(3, 7) === 0)
  ) {
    // Sold as a chub: a printed tube, crimped at both ends.
    return svg`<g transform="rotate(-12 80 90)">
      <path d="M22 78l14 6v24l-14 6zM138 78l-14 6v24l14 6z" fill="#c9ccc9" /><rect x="32" y="66" width="96" height="60" rx="24" fill="#b25a50" />
      <path d="M32 90a24 24 0 0 0 24 36h48a24 24 0 0 0 24-24c-30 12-66 10-96-12z" fill="#84312f" opacity=".45" /><rect x="56" y="66" width="48" height="60" fill=${p.main} /><circle cx="80" cy="96" r="19" fill=${p.paper} />
      <path d="M70 100c-2-12 6-18 14-14 8 2 10 12 4 18-6 4-16 4-18-4z" fill="#a9443f" /><path d="M44 76h8" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".5" /></g>`;
  }
  if (/ground|chuck/i.test(p.name)) {
    return svg`
      ${tray(p)}
      <path d="M40 98c-2-18 6-26 16-24 2-12 16-14 22-6 8-8 20-2 22 6 12-2 20 8 18 24-2 16-76 16-78 0z" fill="#a8504a" />
      ${[0, 1, 2, 3, 4, 5].map((i) => svg`<path d="M${46 + i * 12} 106c-4-10 6-14 0-26" fill="none" stroke="#c77a70" stroke-width="5" stroke-linecap="round" opacity=".85" />`)}`;
  }
  const pork = /pork|ham|loin|chop/i.test(p.name);
  if (/stew|cube|tips|strip|fajita/i.test(p.name)) {
    return svg`
      ${tray(p)}
      ${(
        [
          [44, 74, 8],
          [66, 66, -12],
          [90, 70, 14],
          [112, 76, -6],
          [54, 92, -10],
          [78, 88, 6],
          [102, 94, 12],
        ] as const
      ).map(
        ([x, y, turn]) =>
          svg`<g transform="rotate(${turn} ${x} ${y})"><rect x=${x - 13} y=${y - 11} width="26" height="22" rx="6" fill=${pork ? '#d38f82' : '#a9443f'} /><path d="M${x - 9} ${y - 3}q8 -6 16 0" fill="none" stroke="#f2dcc8" stroke-width="3" stroke-linecap="round" /></g>`,
      )}`;
  }
  if (/roast|tenderloin|loin|brisket|ham\b/i.test(p.name)) {
    const [outside, shadeSide, inside] = pork
      ? ['#d99a86', '#b9735f', '#e8b3a4']
      : ['#9c4038', '#74302a', '#b85650'];
    return svg`
      ${tray(p)}
      <path d="M36 78c0-18 12-26 28-26h44c14 0 24 10 24 24s-10 26-26 26H62c-16 0-26-8-26-24z" fill=${outside} /><path d="M112 53c12 2 20 11 20 23 0 16-10 26-26 26H80c24-6 36-24 32-49z" fill=${shadeSide} opacity=".55" />
      <ellipse cx="52" cy="77" rx="16" ry="23" fill="#f2dcc8" /><ellipse cx="52" cy="77" rx="12" ry="18" fill=${inside} /><path d="M48 70c4-4 8 2 10-2M46 84c6 0 8-4 12-2" fill="none" stroke="#f2dcc8" stroke-width="2.6" stroke-linecap="round" />
      <path d="M80 53c6 14 6 34 0 48M98 53c6 14 6 34 0 48M116 56c5 14 5 30 0 43" fill="none" stroke="#efe3c8" stroke-width="3" />`;
  }
  if (/\bribs?\b/i.test(p.name)) {
    return svg`
      ${tray(p)}
      <path d="M30 88c0-14 10-26 26-28h50c16 2 26 14 26 28 0 10-8 14-16 14H46c-8 0-16-4-16-14z" fill="#a9443f" />
      ${[0, 1, 2, 3, 4].map((i) => svg`<path d="M${46 + i * 17} 102V58" stroke="#f2dcc8" stroke-width="8" stroke-linecap="round" /><path d="M${54 + i * 17} 94V68" stroke="#84312f" stroke-width="3" stroke-linecap="round" opacity=".6" />`)}`;
  }
  const [flesh, shade, fat] = pork
    ? ['#d38f82', '#b56f64', '#f4e4d4']
    : ['#a9443f', '#84312f', '#f2dcc8'];
  return svg`
    ${tray(p)}
    <path d="M38 88c-4-24 22-34 46-26 18 4 42-2 42 22 0 20-22 34-46 32-22-2-38-8-42-28z" fill=${fat} />
    <path d="M45 88c-2-18 18-26 38-19 18 5 36 0 36 16s-18 25-38 24c-19-1-34-6-36-21z" fill=${flesh} />
    <path d="M56 82c10-6 18 2 28-2M70 98c12 2 18-8 32-6M96 78c6 0 10 2 14 4" fill="none" stroke=${fat} stroke-width="3.4" stroke-linecap="round" />
    <path d="M104 74c12 2 15 5 15 12 0 15-18 24-38 23 20-6 28-18 23-35z" fill=${shade} opacity=".4" />
    <circle cx="58" cy="94" r="6" fill=${fat} /><circle cx="58" cy="94" r="3" fill=${shade} />`;
};

// Butchers' foam comes in a few colours.
const tray = (p: Parameters<Draw>[0]) => {
  const [body, rim] = (
    [
      ['#e9e3d6', '#f8f4ea'],
      ['#35322d', '#4b4741'],
      ['#d9bd5c', '#ead58a'],
      ['#88a58a', '#a9c0a6'],
      [p.deep, p.main],
    ] as const
  )[p.pick(5, 8)] ?? [p.deep, p.main];
  return svg`
  <path d="M22 78h116l-10 50a8 8 0 0 1-8 6H40a8 8 0 0 1-8-6z" fill=${body} />
  <path d="M22 78h116l-2 8H24z" fill=${rim} /><path d="M34 122h92l-1 6a8 8 0 0 1-8 6H43a8 8 0 0 1-8-6z" fill="#000" opacity=".12" />`;
};

export const poultry: Draw = () => svg`
  <path d="M28 96c0-30 26-44 54-42 30 0 50 16 50 40 0 26-24 38-54 38s-50-10-50-36z" fill="#d9a566" />
  <path d="M114 66c12 6 18 16 18 28 0 26-24 38-54 38 36-8 50-32 36-66z" fill="#b07a40" opacity=".6" />
  <path d="M46 74c8-8 20-12 32-10" fill="none" stroke="#f0cf98" stroke-width="5" stroke-linecap="round" opacity=".8" />
  <path d="M84 104c2-18 20-26 32-18 14 8 12 30-2 38-14 6-34-2-30-20z" fill="#c78d4d" />
  <path d="M114 112l18 14" stroke="#f2e6cc" stroke-width="9" stroke-linecap="round" /><circle cx="134" cy="122" r="6" fill="#f2e6cc" /><circle cx="130" cy="130" r="6" fill="#f2e6cc" />
  <path d="M92 102c4-8 12-12 18-10" fill="none" stroke="#e9c083" stroke-width="4" stroke-linecap="round" opacity=".8" />`;

export const sausage: Draw = () => svg`
  <path d="M30 70c12 22 32 30 50 30s38-8 50-30" fill="none" stroke="#a5563d" stroke-width="22" stroke-linecap="round" />
  <path d="M36 72c12 16 28 22 44 22s32-6 44-22" fill="none" stroke="#cc8164" stroke-width="5" stroke-linecap="round" opacity=".8" />
  <path d="M38 104c12 16 26 22 42 22s30-6 42-22" fill="none" stroke="#8d4331" stroke-width="20" stroke-linecap="round" />
  <path d="M46 108c10 10 20 14 34 14s24-4 34-14" fill="none" stroke="#b86a50" stroke-width="4" stroke-linecap="round" opacity=".8" />
  <path d="M26 62l-8-8M134 62l8-8" stroke="#7b3d2b" stroke-width="5" stroke-linecap="round" />`;

export const bacon: Draw = () =>
  svg`${[0, 1, 2].map(
    (i) => svg`
  <g transform="translate(${i * 26 - 26} 0)">
    <path d="M68 36c14 14-6 26 6 42s-8 28 4 56h22c-12-26 10-36-2-54s8-30-6-44z" fill="#a8473d" />
    <path d="M75 36c13 14-6 26 6 42s-8 28 4 56h7c-12-28 8-38-4-56s8-28-6-42z" fill="#f0d3bd" />
    <path d="M88 37c12 14-7 26 5 42s-10 30 2 55" fill="none" stroke="#c9736a" stroke-width="3" />
  </g>`,
  )}`;

export const deliMeat: Draw = (p) => {
  const [flesh, shade, edge] = /turkey|chicken/i.test(p.name)
    ? ['#ecd2b0', '#cfae86', '#b98a5a']
    : /beef|roast|salami|pepperoni/i.test(p.name)
      ? ['#b5625a', '#914841', '#6f3833']
      : ['#dfa098', '#c08078', '#b2695f'];
  return svg`
    <path d="M24 118l56-18 56 18-56 20z" fill="#f6f1e4" /><path d="M24 118l56 20v6l-56-20zM136 118l-56 20v6l56-20z" fill="#ddd4bf" />
    ${[-34, -17, 0, 17, 34].map(
      (turn) => svg`<g transform="rotate(${turn} 80 128)">
      <path d="M80 124c-22-10-30-40-14-66 8-8 20-8 28 0 16 26 8 56-14 66z" fill=${flesh} stroke=${edge} stroke-width="2.4" />
      <path d="M80 118c6-18 6-36 0-56" fill="none" stroke=${shade} stroke-width="3.4" stroke-linecap="round" /></g>`,
    )}`;
};

export const fish: Draw = (p) => {
  if (/shrimp|prawn/i.test(p.name)) {
    return svg`
      <path d="M112 58c-34-18-72 2-70 36 2 26 30 38 52 28" fill="none" stroke="#d98a6c" stroke-width="26" stroke-linecap="round" />
      <path d="M58 66l14 12M44 88l18 4M48 110l16-8M66 126l6-16M84 52l4 18" stroke="#f0b69d" stroke-width="4" stroke-linecap="round" />
      <path d="M94 124l24-12 2 20z" fill="#c46f50" /><circle cx="112" cy="54" r="3.5" fill="#2b2420" />
      <path d="M118 48c10-8 16-8 20-14M120 54c10 0 14-2 20-2" fill="none" stroke="#c46f50" stroke-width="3" stroke-linecap="round" />`;
  }
  const [skin, shade] = /salmon|trout/i.test(p.name)
    ? ['#d68a72', '#b4674f']
    : p.pick(2, 5)
      ? ['#6f9aa6', '#527b88']
      : ['#8b9a6e', '#6c7a52'];
  return svg`
    <path d="M112 88l26-26c4 16 4 36 0 52z" fill=${shade} />
    <path d="M20 90c14-30 66-42 100-2-34 42-86 32-100 2z" fill=${skin} />
    <path d="M20 90c20 12 70 14 100-2-34 42-86 32-100 2z" fill="#f4efe2" opacity=".55" />
    <path d="M62 62c8-14 26-18 36-12l-8 18zM72 112c4 10 14 14 22 12l-4-14z" fill=${shade} />
    <circle cx="40" cy="84" r="6" fill="#fff" /><circle cx="40" cy="84" r="3" fill="#2b2420" />
    <path d="M54 74c6 8 6 24 0 32" fill="none" stroke=${shade} stroke-width="3" /><path d="M70 80c4 4 4 12 0 16M84 80c4 4 4 12 0 16M98 82c3 3 3 9 0 12" fill="none" stroke=${shade} stroke-width="2.6" opacity=".8" />`;
};
