// Packs that carry a printed label: cans, jars, bottles, boxes, bags, tubs. The pack stands on y = 140.
// Each has two or three shapes; which one is fixed by the product.

import { nothing, svg } from 'lit';
import { emblem } from './emblems.js';
import { fit, label, sizeText } from './label.js';
import { mix } from './palette.js';
import type { Draw } from './produce.js';

type P = Parameters<Draw>[0];

// A soft light on the left and a shade on the right, inside a body from x to x + w.
const light = (x: number, y: number, w: number, h: number) => svg`
  <rect x=${x + w * 0.06} y=${y} width=${w * 0.07} height=${h} rx=${w * 0.03} fill="#fff" opacity=".28" />
  <rect x=${x + w * 0.84} y=${y} width=${w * 0.16} height=${h} fill="#1b1208" opacity=".12" />`;

const glass = (p: P) => {
  const name = p.name;
  if (/salsa|tomato|pasta|spaghetti|marinara|pizza|ketchup|strawberr|jam|jelly/i.test(name))
    return '#b5493a';
  if (/pickle|olive|relish|pesto/i.test(name)) return '#8a9a4c';
  if (/peanut|almond|caramel|syrup|honey/i.test(name)) return '#c08a45';
  if (/mayo|ranch|alfredo|cream|marshmallow/i.test(name)) return '#f0e6cf';
  if (/grape|berry/i.test(name)) return '#6d4263';
  if (/mustard/i.test(name)) return '#d9ae3f';
  if (/soy|worcester|barbecue|bbq|steak|chocolate|coffee/i.test(name)) return '#5a3a2a';
  return mix(p.accent, '#b58a4a', 0.4);
};

export const can: Draw = (p) => {
  const squat = p.pick(3, 1) === 0 || /tuna|salmon|meat|cat|fruit cup/i.test(p.name);
  const [x, y, w, h] = squat
    ? [30, 62, 100, 76]
    : p.pick(2, 2)
      ? [42, 32, 76, 106]
      : [37, 44, 86, 94];
  return svg`
    <ellipse cx="80" cy=${y + h} rx=${w / 2} ry="6" fill="#8d9194" />
    <rect x=${x} y=${y} width=${w} height=${h} fill="#c9cccd" />
    <path d="M${x} ${y + 5}h${w}M${x} ${y + h - 5}h${w}" stroke="#9da1a4" stroke-width="2" />
    <ellipse cx="80" cy=${y} rx=${w / 2} ry="7" fill="#e3e5e5" /><ellipse cx="80" cy=${y} rx=${w / 2 - 5} ry="4.6" fill="#c2c6c8" />
    <rect x=${x} y=${y + 10} width=${w} height=${h - 19} fill=${p.main} />
    ${stripe(p, x, y + 10, w, h - 19)}
    ${label(p, { x: x + 9, y: y + 14, w: w - 18, h: h - 27 })}
    ${light(x, y + 4, w, h - 4)}`;
};

// Some packs wear a stripe or two corners in the second colour behind the label.
const stripe = (p: P, x: number, y: number, w: number, h: number) => {
  switch (p.pick(4, 9)) {
    case 0:
      return svg`<rect x=${x} y=${y} width=${w} height=${h * 0.14} fill=${p.accent} /><rect x=${x} y=${y + h * 0.86} width=${w} height=${h * 0.14} fill=${p.accent} />`;
    case 1:
      return svg`<path d="M${x} ${y + h}V${y + h * 0.6}L${x + w} ${y + h * 0.85}V${y + h}z" fill=${p.accent} />`;
    case 2:
      return svg`<path d="M${x} ${y}h${w}v${h * 0.3}q${-w / 2} ${h * 0.18} ${-w} 0z" fill=${p.deep} />`;
    default:
      return nothing;
  }
};

export const soup: Draw = (p) => svg`
  <g transform="translate(-16 0)">${can({ ...p, pick: (n, salt) => (salt === 1 ? 1 : salt === 2 ? 1 % n : p.pick(n, salt)) })}</g>
  <path d="M84 112h62c0 20-10 29-22 29h-18c-12 0-22-9-22-29z" fill=${p.pale} /><path d="M126 112h20c0 20-10 29-22 29 6-8 4-20 2-29z" fill="#1b1208" opacity=".1" />
  <ellipse cx="115" cy="112" rx="31" ry="8" fill="#fffdf8" /><ellipse cx="115" cy="112" rx="26" ry="6" fill="#c97b45" />
  <path d="M104 98c-5-6 5-10 0-17M118 96c-5-6 5-10 0-17" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" opacity=".85" />`;

export const jar: Draw = (p) => {
  const content = glass(p);
  const square = p.pick(2, 1) === 1;
  const [x, w, y] = square ? [38, 84, 52] : [34, 92, 56];
  const body = square
    ? `M${x + 10} ${y}h${w - 20}q10 0 10 12v${140 - y - 18}q0 6-6 6h${-(w - 12)}q-6 0-6-6v${-(140 - y - 18)}q0-12 10-12z`
    : `M${x + 16} ${y}h${w - 32}c12 4 16 14 16 26v${140 - y - 38}c0 8-4 12-12 12h${-(w - 24)}c-8 0-12-4-12-12v${-(140 - y - 38)}c0-12 4-22 16-26z`;
  return svg`
    <path d=${body} fill=${mix(content, '#ffffff', 0.5)} />
    <path d=${body} fill=${content} transform="translate(80 100) scale(.94 .93) translate(-80 -98)" />
    <rect x=${x + 12} y="30" width=${w - 24} height="22" rx="4" fill=${p.accent} />
    <path d="M${x + 12} 44h${w - 24}v4a4 4 0 0 1-4 4H${x + 16}a4 4 0 0 1-4-4z" fill="#1b1208" opacity=".18" />
    <path d="M${x + 20} 33v10M${x + 30} 33v10M${x + 40} 33v10M${x + 50} 33v10" stroke="#fff" stroke-width="1.6" opacity=".3" />
    ${label({ ...p, main: p.paper }, { x: x + 8, y: y + 22, w: w - 16, h: 56 }, [0, 3])}
    ${light(x, y + 10, w, 70)}`;
};

export const sauceBottle: Draw = (p) => {
  const content = glass(p);
  if (/oil|vinegar|syrup|soy|dressing|vinaigrette/i.test(p.name) || p.pick(3, 1) === 0) {
    // A glass bottle with a neck.
    return svg`
      <path d="M70 40h20v18c0 10 18 14 18 30v44a8 8 0 0 1-8 8H60a8 8 0 0 1-8-8V88c0-16 18-20 18-30z" fill=${mix(content, '#ffffff', 0.25)} />
      <path d="M72 62c-3 10-16 14-16 28v40a6 6 0 0 0 6 6h36a6 6 0 0 0 6-6V90c0-14-13-18-16-28z" fill=${content} />
      <rect x="67" y="22" width="26" height="20" rx="4" fill=${p.accent} /><rect x="67" y="34" width="26" height="3" fill="#1b1208" opacity=".16" />
      ${label({ ...p, main: p.paper }, { x: 54, y: 84, w: 52, h: 46 }, [0, 3])}
      ${light(52, 88, 56, 46)}`;
  }
  return svg`
    <path d="M72 24h16l5 22H67z" fill=${p.accent} /><rect x="58" y="44" width="44" height="11" rx="4" fill=${p.accent} /><rect x="58" y="50" width="44" height="5" fill="#1b1208" opacity=".15" />
    <path d="M56 55h48c10 6 12 16 10 28-2 10-2 16 0 28 2 10 2 18-2 24-2 4-5 5-9 5H57c-4 0-7-1-9-5-4-6-4-14-2-24 2-12 2-18 0-28-2-12 0-22 10-28z" fill=${content} />
    <ellipse cx="80" cy="98" rx="29" ry="33" fill=${p.paper} />
    ${fit(p.brand, { x: 56, y: 74, w: 48, h: 18 }, p.paperInk)}
    ${labelInside(p, 80, 103, 24)}
    ${fit(sizeText(p.size), { x: 60, y: 116, w: 40, h: 10 }, p.paperInk, 8.5, 600)}
    ${light(48, 60, 64, 76)}`;
};

const labelInside = (p: P, x: number, y: number, size: number) => emblem(p)(x, y, size);

export const box: Draw = (p) => {
  // Tall, square or wide, seen a little from the right.
  const [x, y, w] = (
    [
      [38, 28, 78],
      [28, 46, 92],
      [24, 66, 104],
    ] as const
  )[p.pick(3, 1)] ?? [38, 28, 78];
  const h = 140 - y;
  return svg`
    <path d="M${x + w} ${y}l14-9v${h - 2}l-14 11z" fill=${p.deep} />
    <path d="M${x} ${y}l14-9h${w}l-14 9z" fill=${p.pale} />
    <rect x=${x} y=${y} width=${w} height=${h} fill=${p.main} />
    ${stripe(p, x, y, w, h)}
    ${label(p, { x: x + 8, y: y + 7, w: w - 16, h: h - 14 })}`;
};

export const cereal: Draw = (p) => svg`
  <path d="M118 24l14-8v114l-14 10z" fill=${p.deep} /><path d="M34 24l14-8h84l-14 8z" fill=${p.pale} />
  <rect x="34" y="24" width="84" height="116" fill=${p.main} />
  ${p.pick(2, 4) ? svg`<circle cx="76" cy="104" r="40" fill=${p.accent} opacity=".55" />` : svg`<path d="M34 78l84-22v84H34z" fill=${p.accent} opacity=".6" />`}
  <rect x="40" y="32" width="72" height="26" rx="13" fill=${p.paper} />
  ${fit(p.brand, { x: 46, y: 35, w: 60, h: 20 }, p.paperInk)}
  <path d="M46 96h60c0 22-12 34-24 34H70c-12 0-24-12-24-34z" fill="#fffdf8" /><path d="M88 96h18c0 22-12 34-24 34 8-10 8-22 6-34z" fill="#1b1208" opacity=".08" />
  ${kernels(p)}
  <path d="M104 96l16-24" stroke="#b9bec2" stroke-width="5" stroke-linecap="round" />
  ${fit(sizeText(p.size), { x: 40, y: 60, w: 72, h: 10 }, p.ink, 8.5, 600)}`;

const kernels = (p: P) => {
  const colours = /fruit|loop|color/i.test(p.name)
    ? ['#c4573f', '#749c5a', '#d9a047', '#517ea6']
    : /choc|cocoa/i.test(p.name)
      ? ['#6d4a36', '#8a6248']
      : ['#d0a055', '#bd8a3e', '#e0b873'];
  const ring = p.pick(2, 6) === 1;
  return (
    [
      [54, 90],
      [66, 86],
      [79, 88],
      [92, 86],
      [100, 91],
      [60, 80],
      [73, 78],
      [86, 79],
    ] as const
  ).map(([x, y], i) =>
    ring
      ? svg`<circle cx=${x} cy=${y} r="5" fill="none" stroke=${colours[i % colours.length]} stroke-width="4" />`
      : svg`<ellipse cx=${x} cy=${y} rx="7.4" ry="5" fill=${colours[i % colours.length]} transform="rotate(${i * 37} ${x} ${y})" />`,
  );
};

export const bag: Draw = (p) => {
  const paper = p.pick(2, 1) ? mix(p.main, '#f6eddc', 0.62) : p.main;
  const shade = mix(paper, '#26221c', 0.16);
  const q = { ...p, main: paper, ink: paper === p.main ? p.ink : p.paperInk };
  return svg`
    <path d="M42 34h76l4 14H38z" fill=${shade} /><path d="M38 48h84l-4 8H42z" fill=${mix(paper, '#ffffff', 0.3)} />
    <path d="M38 52h84l4 80a8 8 0 0 1-8 8H42a8 8 0 0 1-8-8z" fill=${paper} />
    <path d="M112 52h10l4 80a8 8 0 0 1-8 8h-14z" fill=${shade} opacity=".7" />
    <path d="M42 132c20-6 56-6 76 0" fill="none" stroke=${shade} stroke-width="2.5" />
    ${label(q, { x: 45, y: 60, w: 68, h: 66 })}`;
};

export const packet: Draw = (p) => svg`
  <path d="M40 38h80v96a6 6 0 0 1-6 6H46a6 6 0 0 1-6-6z" fill=${p.main} /><path d="M40 38l4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7 4-7 4 7v10H40z" fill=${p.deep} />
  <path d="M112 48h8l-8 8z" fill=${p.pale} /><path d="M108 48h12v86a6 6 0 0 1-6 6h-6z" fill="#1b1208" opacity=".1" />
  ${stripe(p, 40, 48, 80, 92)}
  ${label(p, { x: 48, y: 55, w: 62, h: 74 })}`;

export const chips: Draw = (p) => {
  const round = p.pick(2, 1) === 1;
  const snack = /tortilla|corn|nacho|dorit/i.test(p.name)
    ? svg`<path d="M92 140l22-38 24 38z" fill="#dca94a" /><path d="M70 142l26-26 16 28z" fill="#e9bf68" /><path d="M106 122l3 2M114 132l3 1M92 132l4 1" stroke="#b57f2c" stroke-width="3" stroke-linecap="round" />`
    : svg`<ellipse cx="116" cy="126" rx="22" ry="14" fill="#e3b95e" transform="rotate(-18 116 126)" /><ellipse cx="96" cy="134" rx="20" ry="10" fill="#efce82" /><path d="M106 124c6-4 14-6 20-6M88 133c4-3 10-3 15-2" fill="none" stroke="#c1923b" stroke-width="2.5" stroke-linecap="round" />`;
  return svg`
    <path d=${round ? 'M40 26h80c-6 14-2 26 2 44 4 20 6 44 0 66-24 6-60 6-84 0-6-22-4-46 0-66 4-18 8-30 2-44z' : 'M38 26h84c-3 10 3 20 4 36 2 26 2 50-4 74-26 6-58 6-84 0-6-24-6-48-4-74 1-16 7-26 4-36z'} fill=${p.main} />
    <path d="M38 26h84l-2 9H40z" fill=${p.deep} /><path d="M38 128c26 6 58 6 84 0v8c-26 6-58 6-84 0z" fill=${p.deep} />
    <path d="M112 36c6 18 12 54 6 92l-12 2c6-34 4-64 0-94z" fill="#1b1208" opacity=".12" /><path d="M46 44c-4 22-6 50-4 78" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".25" />
    ${stripe(p, 40, 38, 80, 88)}
    ${label(p, { x: 48, y: 42, w: 62, h: 66 })}${snack}`;
};

export const frozenBag: Draw = (p) => svg`
  <path d="M32 44h96c-4 30-4 58 0 92H32c4-34 4-62 0-92z" fill=${p.main} />
  <path d="M32 36l6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8v10H32z" fill=${p.deep} /><path d="M32 144l6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8 6-8 6 8v-14H32z" fill=${p.deep} />
  <path d="M116 46h12c-4 30-4 54 0 84h-12c4-30 4-56 0-84z" fill="#1b1208" opacity=".12" />
  <path d="M34 92c30-12 62 10 92-4v40H34z" fill=${p.pale} opacity=".5" />
  ${label(p, { x: 45, y: 50, w: 70, h: 76 })}${flake(114, 124, 8)}`;

export const frozenBox: Draw = (p) => {
  const tall = p.pick(3, 1) === 0;
  const [x, y, w, h] = tall ? [40, 34, 78, 106] : [20, 58, 112, 80];
  return svg`
    <path d="M${x} ${y}l8-10h${w}l-8 10z" fill=${p.pale} /><path d="M${x + w} ${y}l8-10v${h}l-8 10z" fill=${p.deep} />
    <rect x=${x} y=${y} width=${w} height=${h} fill=${p.main} />
    <path d="M${x} ${y + h * 0.62}q${w * 0.25} -10 ${w * 0.5} 0t${w * 0.5} 0V${y + h}H${x}z" fill=${p.pale} opacity=".6" />
    ${label(p, { x: x + 8, y: y + 6, w: w - 16, h: h - 12 }, [0, 1, 3])}${flake(x + w - 11, y + h - 12, 7)}`;
};

const flake = (x: number, y: number, size: number) => svg`
  <circle cx=${x} cy=${y} r=${size + 3} fill="#fffdf8" />${[0, 60, 120].map((turn) => svg`<path d="M${x} ${y - size}v${size * 2}M${x - 2.4} ${y - size + 1}l2.4 2.6 2.4-2.6M${x - 2.4} ${y + size - 1}l2.4-2.6 2.4 2.6" fill="none" stroke="#517ea6" stroke-width="1.6" stroke-linecap="round" transform="rotate(${turn} ${x} ${y})" />`)}`;

export const iceCream: Draw = (p) => {
  const scoop = /choc|fudge/i.test(p.name)
    ? '#7a5138'
    : /straw|cherry|berry/i.test(p.name)
      ? '#e0a1a8'
      : /mint|pistach/i.test(p.name)
        ? '#b5cfa5'
        : '#f5e7c6';
  return svg`
    <circle cx="60" cy="54" r="25" fill=${scoop} /><circle cx="98" cy="52" r="27" fill=${mix(scoop, '#8a5a3a', 0.14)} /><path d="M46 46c4-8 12-10 18-8M84 42c4-6 12-8 18-6" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".5" />
    <path d="M28 66h104l-9 66a9 9 0 0 1-9 8H46a9 9 0 0 1-9-8z" fill=${p.main} /><rect x="25" y="60" width="110" height="13" rx="5" fill=${p.paper} /><path d="M116 73h15l-8 59a9 9 0 0 1-9 8h-7z" fill="#1b1208" opacity=".13" />
    ${label(p, { x: 42, y: 77, w: 74, h: 58 }, [0, 1, 2])}`;
};

export const icePop: Draw = (p) => svg`
  <rect x="73" y="104" width="14" height="38" rx="7" fill="#dcbc8a" /><path d="M46 58c0-44 68-44 68 0v50a6 6 0 0 1-6 6H52a6 6 0 0 1-6-6z" fill=${p.accent} />
  <path d="M46 76h68v32a6 6 0 0 1-6 6H52a6 6 0 0 1-6-6z" fill=${p.main} />
  <path d="M62 46v56M98 46v56" stroke="#1b1208" stroke-width="5" stroke-linecap="round" opacity=".1" /><path d="M54 52c1-8 5-13 10-16" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".5" />
  ${fit(p.brand, { x: 50, y: 80, w: 60, h: 18 }, p.ink)}${fit(sizeText(p.size), { x: 52, y: 98, w: 56, h: 10 }, p.ink, 8.5, 600)}`;

export const tub: Draw = (p) => {
  const tall = p.pick(2, 1) === 1;
  const top = tall ? 56 : 72;
  return svg`
    <path d="M26 ${top + 8}h108l-10 ${126 - top}a8 8 0 0 1-8 6H44a8 8 0 0 1-8-6z" fill=${p.main} />
    <path d="M116 ${top + 8}h18l-10 ${126 - top}a8 8 0 0 1-8 6h-6z" fill="#1b1208" opacity=".12" />
    <path d="M22 ${top - 6}q0-8 8-8h100q8 0 8 8v14H22z" fill=${p.accent} /><path d="M22 ${top + 2}h116v6H22z" fill="#1b1208" opacity=".14" /><path d="M32 ${top - 8}h60" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".4" />
    ${label(p, { x: 40, y: top + 13, w: 80, h: 120 - top }, [0, 1, 2])}`;
};

export const yogurt: Draw = (p) => svg`
  <path d="M44 54h72l-8 78a8 8 0 0 1-8 8H60a8 8 0 0 1-8-8z" fill=${mix(p.paper, '#ffffff', 0.3)} /><path d="M44 54h72l-3 30H47z" fill=${p.main} /><path d="M102 54h14l-8 78a8 8 0 0 1-8 8h-8z" fill="#1b1208" opacity=".1" />
  <ellipse cx="80" cy="54" rx="40" ry="8" fill="#d5d9db" /><path d="M40 54c0-6 20-9 44-8 22 1 40-6 44-16-2 14-4 22-8 26-12 8-80 8-80-2z" fill="#eceeee" /><path d="M84 46c22 1 40-6 44-16-4 2-10 2-16 2-4 6-14 12-28 14z" fill="#c4c9cc" />
  ${fit(p.brand, { x: 51, y: 62, w: 58, h: 20 }, p.ink)}${emblem(p)(80, 105, 36)}${fit(sizeText(p.size), { x: 54, y: 126, w: 52, h: 10 }, p.paperInk, 8.5, 600)}`;

export const butter: Draw = (p) => svg`
  <path d="M24 100l14-12h62v38l-14 14H24z" fill="#e9cc74" /><path d="M24 100h62v40H24z" fill="#f1dc94" /><path d="M24 100l14-12h62L86 100z" fill="#f8ebb8" />
  <path d="M50 96l14-12h76v40l-14 16H50z" fill=${p.deep} /><path d="M50 96h76v44H50z" fill=${p.main} /><path d="M50 96l14-12h76l-14 12z" fill=${p.pale} /><path d="M50 96l5 7-5 7 5 8-5 7 5 8-5 7h7V96z" fill=${p.paper} />
  ${label(p, { x: 60, y: 98, w: 62, h: 40 }, [0, 2])}
  <path d="M30 74l12-8 20 6-12 9z" fill="#f8ebb8" /><path d="M30 74l20 7v7l-20-7z" fill="#e9cc74" /><path d="M50 81l12-9v7l-12 9z" fill="#d9b95c" />`;

export const bar: Draw = (p) => svg`<g transform="rotate(-10 80 90)">
  <path d="M18 74l6 5-6 5 6 6-6 5 6 6-6 5h12V74z" fill=${p.deep} /><rect x="28" y="62" width="84" height="58" rx="6" fill=${p.main} />
  <path d="M104 62l10 7-6 8 8 7-6 8 8 8-8 8 4 12h-12z" fill=${p.pale} /><path d="M110 70h30v42h-28l-4-8 6-8-6-8 8-8z" fill=${/oat|granola|fruit|nut/i.test(p.name) ? '#c79a58' : '#6b4632'} />
  <path d="M122 78l4 4M130 90l3 3M120 98l4 2M132 104l2-3" stroke="#f0d9a8" stroke-width="3" stroke-linecap="round" opacity=".7" /><rect x="28" y="112" width="78" height="8" fill="#1b1208" opacity=".12" />
  ${label(p, { x: 36, y: 66, w: 66, h: 48 }, [0, 2])}</g>`;

export const chocolate: Draw = (p) => svg`<g transform="rotate(-8 80 90)">
  <rect x="46" y="26" width="68" height="66" rx="4" fill="#6b4632" />${[0, 1, 2, 3].map((i) => svg`<rect x=${51 + (i % 2) * 30} y=${31 + Math.floor(i / 2) * 26} width="27" height="22" rx="3" fill="#7f5740" /><path d="M${53 + (i % 2) * 30} ${33 + Math.floor(i / 2) * 26}h22" stroke="#9a7058" stroke-width="2" />`)}
  <path d="M42 78l8 6 8-7 8 7 8-7 8 7 8-7 8 7 8-7 8 7 4-6v62a4 4 0 0 1-4 4H46a4 4 0 0 1-4-4z" fill=${p.main} /><path d="M42 78l8 6 8-7 8 7 8-7 8 7 8-7 8 7 8-7 8 7 4-6v6l-6 6-8-6-8 6-8-6-8 6-8-6-8 6-8-6-8 6-6-6z" fill="#d9d2c2" />
  ${label(p, { x: 48, y: 92, w: 64, h: 44 }, [0, 2])}</g>`;

export const pasta: Draw = (p) => svg`
  <rect x="40" y="24" width="72" height="116" rx="3" fill=${p.main} /><path d="M112 26l10-5v110l-10 9z" fill=${p.deep} /><path d="M40 24l10-5h72l-10 5z" fill=${p.pale} />
  <path d="M52 74h48v58a4 4 0 0 1-4 4H56a4 4 0 0 1-4-4z" fill="#f6ead0" />${[0, 1, 2, 3, 4, 5, 6].map((i) => svg`<path d="M${56 + i * 6.6} 76v58" stroke=${i % 2 ? '#dfb768' : '#cfa04e'} stroke-width="4.4" />`)}
  <rect x="40" y="32" width="72" height="30" fill=${p.paper} />${fit(p.brand, { x: 44, y: 34, w: 64, h: 26 }, p.paperInk)}${fit(sizeText(p.size), { x: 44, y: 63, w: 64, h: 9 }, p.ink, 8, 600)}
  <path d="M100 140l24-18 8 8-22 18z" fill="#dfb768" /><path d="M124 122l8 8" stroke="#b98a3e" stroke-width="3" /><path d="M118 142l22-8 2 9-20 8z" fill="#e9c680" />`;

export const noodles: Draw = (p) => svg`
  <path d="M108 30l-24 58M122 34l-26 56" stroke="#9a6238" stroke-width="5" stroke-linecap="round" />
  <path d="M36 88c4-14 18-8 22-14 6-8 18-4 22 0 8-6 18-4 22 2 10-2 20 2 22 12z" fill="#ecd08a" />${[0, 1, 2, 3].map((i) => svg`<path d="M${42 + i * 20} 88c2-10 10-10 12-4s8 6 10-2" fill="none" stroke="#cfa550" stroke-width="3.4" stroke-linecap="round" />`)}
  <path d="M26 86h108c0 32-16 52-34 54H60c-18-2-34-22-34-54z" fill=${p.main} /><path d="M112 86h22c0 32-16 52-34 54H88c18-8 26-30 24-54z" fill="#1b1208" opacity=".12" />
  <ellipse cx="72" cy="110" rx="34" ry="18" fill=${p.paper} />${fit(p.brand, { x: 44, y: 98, w: 56, h: 14 }, p.paperInk)}${fit(sizeText(p.size), { x: 48, y: 112, w: 48, h: 9 }, p.paperInk, 8, 600)}`;

export const candy: Draw = (p) => svg`
  <path d="M40 32h80l4 104a5 5 0 0 1-5 5H41a5 5 0 0 1-5-5z" fill=${p.main} /><path d="M40 32h80v9H40z" fill=${p.deep} /><circle cx="80" cy="37" r="3" fill=${p.pale} /><path d="M110 41h10l4 95a5 5 0 0 1-5 5h-9z" fill="#1b1208" opacity=".1" />
  ${stripe(p, 38, 41, 84, 60)}<rect x="46" y="48" width="68" height="30" rx="15" fill=${p.paper} />${fit(p.brand, { x: 52, y: 51, w: 56, h: 24 }, p.paperInk)}${fit(sizeText(p.size), { x: 46, y: 80, w: 68, h: 10 }, p.ink, 8.5, 600)}
  <path d="M44 106l12 8-12 10 2-9zM88 106l-12 8 12 10-2-9z" fill=${p.pale} /><circle cx="66" cy="115" r="14" fill=${p.accent} /><path d="M56 108c8 0 16 6 18 16M64 101c8 2 14 8 16 14" fill="none" stroke="#fffdf8" stroke-width="3.4" opacity=".8" />
  <circle cx="102" cy="112" r="15" fill="#d597a0" /><path d="M102 112a4 4 0 0 1 4 4 8 8 0 0 1-8 4 11 11 0 0 1-7-11 12 12 0 0 1 13-9" fill="none" stroke="#fffdf8" stroke-width="3.2" stroke-linecap="round" /><path d="M102 127v16" stroke="#f6f1e4" stroke-width="4" stroke-linecap="round" />`;

export const nuts: Draw = (p) => svg`
  <path d="M40 36h80l3 96a8 8 0 0 1-8 8H45a8 8 0 0 1-8-8z" fill=${p.main} /><path d="M40 36h80v10H40z" fill=${p.deep} /><path d="M108 46h12l3 86a8 8 0 0 1-8 8h-8z" fill="#1b1208" opacity=".1" />
  ${label(p, { x: 46, y: 51, w: 66, h: 54 }, [0, 3, 2])}
  ${(
    [
      [52, 126, 20],
      [72, 132, -30],
      [92, 124, 40],
      [110, 132, 0],
      [64, 116, -10],
      [104, 116, 64],
      [84, 140, 14],
    ] as const
  ).map(
    ([x, y, turn]) =>
      svg`<ellipse cx=${x} cy=${y} rx="11" ry="7.4" fill="#b98250" transform="rotate(${turn} ${x} ${y})" /><path d="M${x - 7} ${y}q7 -4 14 0" fill="none" stroke="#94623a" stroke-width="1.8" transform="rotate(${turn} ${x} ${y})" />`,
  )}`;
