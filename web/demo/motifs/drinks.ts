// Bottles, cartons, cups and glasses.

import { svg } from 'lit';
import { emblem } from './emblems.js';
import { fit, label, sizeText } from './label.js';
import { jar } from './packs.js';
import { mix } from './palette.js';
import type { Draw } from './produce.js';

const liquid = (name: string, other: string) => {
  if (/orange|mango|peach|sunny/i.test(name)) return '#dd9440';
  if (/apple|cider|tea|ginger/i.test(name)) return '#c9963f';
  if (/grape|berry|prune/i.test(name)) return '#6b4063';
  if (/cran|cherry|punch|strawb|tomato|v8/i.test(name)) return '#b3473f';
  if (/lemon|lime|citrus|mello|mtn|mountain/i.test(name)) return '#b9bd57';
  if (/cola|coke|pepsi|root|pepper|diet/i.test(name)) return '#4f3428';
  if (/water|seltzer|club|tonic|clear|sprite|up\b/i.test(name)) return '#cfe2e4';
  return other;
};

export const milk: Draw = (p) => {
  const cap = ['#517ea6', '#c4573f', '#44704f', '#d9a047', '#784d6c'][p.pick(5, 4)] as string;
  const body = /choc/i.test(p.name) ? '#b08a68' : '#fbf8f0';
  const shade = mix(body, '#38526f', 0.14);
  if (
    /half.?gal|pint|cream|carton|soy|lact|quart|buttermilk/i.test(`${p.name} ${p.size}`) ||
    p.pick(3, 1) === 0
  ) {
    return svg`
      <path d="M46 60l34-30h10l30 30z" fill=${p.pale} /><path d="M46 60h74v80H46z" fill=${p.main} /><path d="M102 60h18v80h-18z" fill="#1b1208" opacity=".12" /><path d="M58 60l22-30 22 30z" fill="#fffdf8" opacity=".3" /><rect x="70" y="22" width="28" height="12" rx="2" fill=${p.deep} /><circle cx="84" cy="48" r="8" fill=${cap} /><circle cx="84" cy="48" r="4" fill="#fff" opacity=".35" />
      <path d="M46 128q10 -8 18 0t18 0 18 0 20 0v12H46z" fill="#fbf8f0" />${label(p, { x: 53, y: 63, w: 56, h: 60 }, [0, 1, 3])}`;
  }
  return svg`
    <rect x="60" y="22" width="26" height="14" rx="4" fill=${cap} /><path d="M62 36h22v10c0 8 32 14 36 34v52a9 9 0 0 1-9 9H45a9 9 0 0 1-9-9V76c0-18 26-22 26-30z" fill=${body} />
    <path d="M98 58c12 6 20 12 22 22v52a9 9 0 0 1-9 9H92c8-26 10-54 6-83z" fill=${shade} /><path d="M96 64c8 4 13 9 14 16v22c0 6-12 6-12 0z" fill=${mix(shade, '#26221c', 0.12)} /><path d="M36 112h84v12H36z" fill=${cap} opacity=".18" /><path d="M44 78c0-10 8-14 14-18" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" />
    ${label(p, { x: 42, y: 84, w: 54, h: 50 }, [0, 3])}`;
};

export const soda: Draw = (p) => {
  const drink = liquid(p.name, '#5a3a2c');
  return svg`
    <rect x="68" y="16" width="24" height="12" rx="3" fill=${p.accent} /><path d="M70 28h20v12c0 12 18 16 18 36 0 6-3 8-3 14s3 8 3 14v28a9 9 0 0 1-9 9H61a9 9 0 0 1-9-9v-28c0-6 3-8 3-14s-3-8-3-14c0-20 18-24 18-36z" fill=${drink} />
    <path d="M70 28h20v12c0 4 2 7 5 10H65c3-3 5-6 5-10z" fill="#e6ecec" opacity=".75" /><path d="M96 52c8 6 12 12 12 24 0 6-3 8-3 14s3 8 3 14v28a9 9 0 0 1-9 9h-8c8-30 10-60 5-89z" fill="#1b1208" opacity=".2" />
    <path d="M60 66c2-6 6-10 9-14" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".55" />
    <path d="M53 76h54c0 6-2 8-2 14s2 8 2 14v10H53v-10c0-6 2-8 2-14s-2-8-2-14z" fill=${p.main} />
    ${fit(p.brand, { x: 56, y: 79, w: 48, h: 17 }, p.ink)}<path d="M55 97h50v4H55z" fill=${p.accent} />${fit(sizeText(p.size), { x: 56, y: 102, w: 48, h: 10 }, p.ink, 8.5, 600)}
    <circle cx="64" cy="122" r="2.4" fill="#fff" opacity=".5" /><circle cx="74" cy="128" r="3" fill="#fff" opacity=".35" /><circle cx="88" cy="121" r="2" fill="#fff" opacity=".5" />`;
};

export const drinkCan: Draw = (p) => {
  const pack = /12 ?pk|pack|24|12\/12|cs/i.test(`${p.size} ${p.name}`) || p.pick(3, 1) === 0;
  if (pack) {
    return svg`
      <path d="M24 62l16-14h102l-16 14z" fill=${p.pale} /><path d="M126 62l16-14v78l-16 14z" fill=${p.deep} /><rect x="24" y="62" width="102" height="78" fill=${p.main} /><path d="M60 52h40l-4 5H58z" fill=${p.deep} />
      <path d="M24 110l102-20v50H24z" fill=${p.accent} opacity=".75" />${label(p, { x: 32, y: 68, w: 86, h: 66 }, [0, 1, 2])}`;
  }
  return svg`
    <path d="M58 34h44l8 12v84l-8 11H58l-8-11V46z" fill="#c3c7c9" /><path d="M50 46h60v84H50z" fill=${p.main} /><ellipse cx="80" cy="34" rx="22" ry="5" fill="#e6e8e8" /><path d="M74 33h12v3H74z" fill="#9da1a4" />
    <path d="M50 92c20-16 40 12 60-8v46H50z" fill=${p.accent} />${label(p, { x: 55, y: 52, w: 50, h: 72 }, [0, 1, 2])}
    <rect x="54" y="46" width="5" height="84" fill="#fff" opacity=".3" /><rect x="100" y="46" width="10" height="84" fill="#1b1208" opacity=".13" />
    <path d="M64 130v3M92 126v4M74 128v2" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".6" />`;
};

export const water: Draw = (p) => {
  const drink = /flavou?r|vitamin|berry|lemon|orange/i.test(p.name)
    ? mix(liquid(p.name, '#cfe2e4'), '#ffffff', 0.35)
    : '#c4dde3';
  const one = (dx: number) => svg`<g transform="translate(${dx} 0)">
    <rect x="69" y="18" width="22" height="11" rx="3" fill=${p.main} /><path d="M71 29h18v8c0 8 14 12 14 28v64a11 11 0 0 1-11 11H68a11 11 0 0 1-11-11V65c0-16 14-20 14-28z" fill=${drink} />
    <path d="M57 74h46M57 82h46M57 122h46M57 130h46" stroke="#fff" stroke-width="2.4" opacity=".7" /><path d="M94 52c6 4 9 8 9 14v63a11 11 0 0 1-11 11h-5c8-30 10-58 7-88z" fill="#38526f" opacity=".14" /><path d="M64 66c0-8 4-12 8-16" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".9" /></g>`;
  const pack = /pk|pack|24|12|case/i.test(p.size) || p.pick(3, 1) === 0;
  return svg`${pack ? svg`${one(-30)}${one(30)}` : ''}${one(0)}
    <rect x=${pack ? 27 : 56} y="88" width=${pack ? 106 : 48} height="31" rx="2" fill=${p.main} />${fit(p.brand, { x: pack ? 34 : 58, y: 90, w: pack ? 92 : 44, h: 17 }, p.ink)}${fit(sizeText(p.size), { x: pack ? 34 : 58, y: 107, w: pack ? 92 : 44, h: 10 }, p.ink, 8.5, 600)}`;
};

export const sportsDrink: Draw = (p) => {
  const drink = liquid(p.name, p.accent);
  return svg`
    <rect x="62" y="18" width="36" height="16" rx="4" fill=${p.deep} /><path d="M66 34h28v8c10 4 16 10 16 22 0 10-8 14-8 24s8 12 8 22v18a12 12 0 0 1-12 12H62a12 12 0 0 1-12-12v-18c0-10 8-12 8-22s-8-14-8-24c0-12 6-18 16-22z" fill=${drink} />
    <path d="M58 82h44M58 88h44M59 94h42" stroke="#1b1208" stroke-width="2.4" opacity=".2" /><path d="M98 46c8 4 12 10 12 18 0 10-8 14-8 24s8 12 8 22v18a12 12 0 0 1-12 12h-6c6-30 6-62 6-94z" fill="#1b1208" opacity=".14" />
    <path d="M51 104h58v26H51z" fill=${p.main} />${fit(p.brand, { x: 54, y: 105, w: 52, h: 14 }, p.ink)}${fit(sizeText(p.size), { x: 54, y: 119, w: 52, h: 9 }, p.ink, 8, 600)}
    <path d="M84 48l-14 18h9l-4 12 14-18h-9z" fill="#fffdf8" />`;
};

export const juice: Draw = (p) => {
  const drink = liquid(p.name, '#dd9440');
  if (p.pick(3, 1) === 0 || /64 oz|juice bottle|cocktail/i.test(`${p.size} ${p.name}`)) {
    return svg`
      <rect x="66" y="18" width="28" height="12" rx="3" fill=${p.accent} /><path d="M68 30h24v10c14 6 24 14 24 32v56a12 12 0 0 1-12 12H56a12 12 0 0 1-12-12V72c0-18 10-26 24-32z" fill=${drink} /><path d="M100 46c10 6 16 14 16 26v56a12 12 0 0 1-12 12h-8c8-32 10-64 4-94z" fill="#1b1208" opacity=".15" /><path d="M52 72c0-10 5-15 12-20" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".6" />
      ${label({ ...p, main: p.paper }, { x: 48, y: 78, w: 64, h: 52 }, [0, 3])}`;
  }
  return svg`
    <path d="M32 56l28-28h12l26 28z" fill=${p.pale} /><rect x="54" y="20" width="24" height="11" rx="2" fill=${p.deep} /><path d="M32 56h66v84H32z" fill=${p.main} /><path d="M84 56h14v84H84z" fill="#1b1208" opacity=".12" /><circle cx="66" cy="44" r="7" fill=${p.accent} />
    ${label(p, { x: 38, y: 61, w: 52, h: 70 }, [0, 1, 3])}
    <path d="M98 98h40l-5 38a5 5 0 0 1-5 4h-20a5 5 0 0 1-5-4z" fill="#fff" opacity=".75" /><path d="M101 108h34l-4 27a4 4 0 0 1-4 3h-18a4 4 0 0 1-4-3z" fill=${drink} /><path d="M105 112l2 18" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".6" />`;
};

export const juiceBox: Draw = (p) => svg`
  <path d="M94 62V34l20-8" fill="none" stroke="#fffdf8" stroke-width="5" stroke-linejoin="round" /><path d="M94 40l2-6" stroke=${p.accent} stroke-width="5" />
  <path d="M42 60l10-10h66l-10 10z" fill=${p.pale} /><path d="M108 60l10-10v78l-10 12z" fill=${p.deep} /><rect x="42" y="60" width="66" height="80" fill=${p.main} /><path d="M42 118q16 -14 33 0t33 0v22H42z" fill=${liquid(p.name, p.accent)} />${label(p, { x: 48, y: 65, w: 54, h: 66 }, [0, 1])}`;

const cup = (x: number, y: number, fill: string, drink: string) => svg`
  <path d="M${x + 40} ${y + 8}c16-4 18 20-2 20" fill="none" stroke=${fill} stroke-width="6" /><path d="M${x} ${y}h44v16c0 16-8 24-18 24h-8c-10 0-18-8-18-24z" fill=${fill} /><ellipse cx=${x + 22} cy=${y} rx="22" ry="6" fill=${mix('#fffdf8', '#fffdf8', 1)} /><ellipse cx=${x + 22} cy=${y + 0.5} rx="18" ry="4.4" fill=${drink} />
  <path d="M${x + 14} ${y - 12}c-5-6 5-9 0-16M${x + 27} ${y - 12}c-5-6 5-9 0-16" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" opacity=".9" />`;

export const coffee: Draw = (p) => {
  if (/tea\b/i.test(p.name)) return tea(p);
  const tall = p.pick(2, 1) === 1;
  return svg`
    ${tall ? svg`<path d="M34 30h62l3 12v96a3 3 0 0 1-3 3H34a3 3 0 0 1-3-3V42z" fill=${p.main} /><path d="M34 30h62l3 12H31z" fill=${p.deep} /><path d="M88 42h11v96a3 3 0 0 1-3 3h-8z" fill="#1b1208" opacity=".14" />` : svg`<rect x="28" y="46" width="74" height="94" rx="4" fill=${p.main} /><rect x="25" y="36" width="80" height="15" rx="5" fill=${p.accent} /><path d="M90 51h12v85a4 4 0 0 1-4 4h-8z" fill="#1b1208" opacity=".14" />`}
    ${label(p, { x: 36, y: 55, w: 56, h: 76 }, [0, 2, 3])}${cup(88, 100, p.paper, '#5a3a2a')}`;
};

export const tea: Draw = (p) => svg`
  <path d="M26 66l10-9h70l-10 9z" fill=${p.pale} /><path d="M96 66l10-9v74l-10 9z" fill=${p.deep} /><rect x="26" y="66" width="70" height="74" fill=${p.main} />${label(p, { x: 32, y: 71, w: 58, h: 64 }, [0, 1, 3])}
  ${cup(90, 100, p.paper, '#b5713a')}<path d="M120 100c4 8-2 12 4 20" fill="none" stroke="#b9a98a" stroke-width="1.6" /><rect x="117" y="118" width="14" height="15" rx="2" fill=${p.accent} />`;

export const beer: Draw = (p) => svg`
  <rect x="49" y="16" width="18" height="8" rx="2" fill=${p.accent} /><path d="M50 24h16v28c0 10 14 14 14 30v50a8 8 0 0 1-8 8H44a8 8 0 0 1-8-8V82c0-16 14-20 14-30z" fill="#7a4d2a" /><path d="M66 54c6 8 14 14 14 28v50a8 8 0 0 1-8 8h-6c4-30 4-58 0-86z" fill="#1b1208" opacity=".25" /><path d="M43 80c1-8 5-12 9-17" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" opacity=".4" /><rect x="50" y="30" width="16" height="12" fill=${p.main} />
  ${label({ ...p, main: p.paper }, { x: 38, y: 84, w: 40, h: 44 }, [0, 3])}
  <path d="M124 92c20-4 20 32-2 30" fill="none" stroke="#e6dcc4" stroke-width="6" /><path d="M86 78h40v56a6 6 0 0 1-6 6H92a6 6 0 0 1-6-6z" fill="#dba544" /><path d="M96 92v38M108 92v38" stroke="#fff" stroke-width="3.4" stroke-linecap="round" opacity=".4" /><path d="M82 80c-4-12 8-16 12-12 4-8 18-8 22 0 8-4 16 4 12 12-4 8-42 8-46 0z" fill="#fdf8ea" />`;

export const wine: Draw = (p) => {
  const white = /white|chard|pinot g|sauv|riesl/i.test(p.name) || p.pick(3, 5) === 0;
  const drink = white ? '#e0cf86' : /rose|zin|blush/i.test(p.name) ? '#d98a8c' : '#7c2f3f';
  return svg`
    <rect x="52" y="14" width="16" height="18" rx="2" fill=${p.accent} /><path d="M52 30h16v22c0 12 14 14 14 32v48a8 8 0 0 1-8 8H46a8 8 0 0 1-8-8V84c0-18 14-20 14-32z" fill=${white ? '#6f7d4c' : '#33402f'} /><path d="M68 54c6 8 14 14 14 30v48a8 8 0 0 1-8 8h-6c4-30 4-58 0-86z" fill="#1b1208" opacity=".25" /><path d="M45 84c0-10 5-14 9-19" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" opacity=".35" />
    ${label({ ...p, main: p.paper }, { x: 40, y: 86, w: 40, h: 42 }, [0, 3])}
    <path d="M92 62h36c4 26-2 40-16 42v28h12v6h-28v-6h12v-28c-14-2-20-16-16-42z" fill="#fff" opacity=".7" /><path d="M92 76h36c1 16-5 25-18 25s-19-9-18-25z" fill=${drink} /><path d="M97 66c-1 10 0 18 3 24" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".8" />`;
};

export const babyBottle: Draw = (p) => {
  if (/diaper|wipe|training|pad/i.test(p.name)) {
    // A soft pack with a carrying loop.
    return svg`<path d="M58 42c4-18 40-18 44 0" fill="none" stroke=${p.deep} stroke-width="6" /><path d="M30 44c10-6 90-6 100 0 6 30 6 62 0 92-12 6-88 6-100 0-6-30-6-62 0-92z" fill=${p.main} /><path d="M116 40c8 1 12 3 14 4 6 30 6 62 0 92-4 2-9 3-14 4 5-34 5-66 0-100z" fill="#1b1208" opacity=".1" /><path d="M30 108c30-12 70 10 104-6-1 12-2 24-4 34-12 6-88 6-100 0-2-9-3-18-4-28z" fill=${p.pale} opacity=".7" /><path d="M38 52c-3 20-3 50 0 76" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".35" />${label(p, { x: 44, y: 52, w: 72, h: 78 }, [0, 1, 3])}`;
  }
  if (/food|cereal|dinner|fruit|juice/i.test(p.name)) return jar(p);
  return svg`
  <path d="M58 48c0-10 10-8 12-18 1-8 9-8 10 0 2 10 12 8 12 18z" fill="#e6c9a2" /><rect x="50" y="46" width="50" height="13" rx="4" fill=${p.accent} /><path d="M54 59h42c5 8 5 16 3 24v47a10 10 0 0 1-10 10H61a10 10 0 0 1-10-10V83c-2-8-2-16 3-24z" fill="#fdfaf3" /><path d="M52 92h46v38a9 9 0 0 1-9 9H61a9 9 0 0 1-9-9z" fill=${p.pale} /><path d="M82 74h12M86 84h8M82 94h12M86 104h8" stroke=${p.deep} stroke-width="2.4" stroke-linecap="round" opacity=".5" />
  <path d="M92 98h44v36a6 6 0 0 1-6 6H98a6 6 0 0 1-6-6z" fill=${p.main} /><rect x="90" y="88" width="48" height="12" rx="4" fill=${p.deep} />
  ${fit(p.brand, { x: 94, y: 102, w: 40, h: 14 }, p.ink)}${emblem(p)(114, 122, 13)}${fit(sizeText(p.size), { x: 95, y: 129, w: 38, h: 8 }, p.ink, 7.5, 600)}`;
};
