// Household, health, pets, gifts.

import { svg } from 'lit';
import { emblem } from './emblems.js';
import { fit, label, sizeText } from './label.js';
import { mix } from './palette.js';
import type { Draw } from './produce.js';

export const detergent: Draw = (p) => {
  if (/powder|box|dryer|sheet|tab/i.test(p.name) || p.pick(4, 1) === 0) {
    return svg`<path d="M30 50l14-10h90l-14 10z" fill=${p.pale} /><path d="M120 50l14-10v88l-14 12z" fill=${p.deep} /><rect x="30" y="50" width="90" height="90" fill=${p.main} /><circle cx="75" cy="95" r="40" fill=${p.pale} opacity=".7" /><circle cx="104" cy="64" r="6" fill="#fff" opacity=".7" /><circle cx="112" cy="76" r="4" fill="#fff" opacity=".6" />${label(p, { x: 40, y: 60, w: 70, h: 70 }, [0, 1, 3])}`;
  }
  return svg`
    <path d="M60 22h34v18H60z" fill=${p.accent} /><path d="M62 26v12M70 26v12M78 26v12M86 26v12" stroke="#1b1208" stroke-width="2" opacity=".18" />
    <path d="M58 40h40c6 10 32 14 32 38v52a10 10 0 0 1-10 10H40a10 10 0 0 1-10-10V84c0-22 24-26 28-44z" fill=${p.main} /><path d="M104 62c10 4 14 10 14 20v14c0 8-14 8-14 0z" fill=${mix(p.main, '#fffdf8', 0.82)} /><path d="M124 68c4 4 6 8 6 14v48a10 10 0 0 1-10 10h-16c12-22 18-46 20-72z" fill="#1b1208" opacity=".13" /><path d="M40 84c0-14 14-18 20-30" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".35" />
    ${label(p, { x: 40, y: 80, w: 58, h: 52 }, [0, 1, 2])}`;
};

export const spray: Draw = (p) => {
  if (/cream|oil|cooking|baking|topping|hair|air|starch/i.test(p.name)) {
    // An aerosol can.
    return svg`<rect x="64" y="18" width="32" height="26" rx="5" fill=${p.accent} /><path d="M60 44h40q8 2 8 10H52q0-8 8-10z" fill="#c9cccd" /><rect x="52" y="54" width="56" height="87" rx="4" fill=${p.main} /><path d="M52 112q14 -10 28 0t28 0v25a4 4 0 0 1-4 4H56a4 4 0 0 1-4-4z" fill=${p.pale} opacity=".55" /><path d="M96 54h12v83a4 4 0 0 1-4 4h-8z" fill="#1b1208" opacity=".13" /><path d="M58 58v74" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".3" />${label(p, { x: 56, y: 60, w: 48, h: 70 }, [0, 1, 3])}`;
  }
  return svg`
  <path d="M60 22h42l10 8v12H88l-2 10H62l2-18h-8z" fill=${p.accent} /><path d="M62 44l-10 14-4-3 8-17z" fill=${p.deep} /><rect x="66" y="50" width="28" height="10" fill=${p.deep} />
  <path d="M66 60h28c4 10 20 14 20 32v38a10 10 0 0 1-10 10H56a10 10 0 0 1-10-10V92c0-18 16-22 20-32z" fill=${p.main} /><path d="M100 74c8 5 14 10 14 18v38a10 10 0 0 1-10 10h-8c6-22 8-44 4-66z" fill="#1b1208" opacity=".13" />
  <path d="M122 30c4 0 6 3 6 5s-2 4-5 4-5-2-5-4 2-4 4-5zM132 42c4 1 6 4 5 6s-3 3-5 2-4-2-4-4 1-4 4-4zM134 24c3 0 5 2 5 4s-2 4-4 4-4-2-4-4 1-4 3-4z" fill="#8ab6cd" />${label(p, { x: 52, y: 84, w: 56, h: 50 }, [0, 1])}`;
};

export const paperRoll: Draw = (p) => {
  const roll = (x: number, y: number) =>
    svg`<path d="M${x} ${y}h44v44H${x}z" fill="#f6f2e8" /><path d="M${x + 34} ${y}h10v44h-10z" fill="#dcd5c5" /><ellipse cx=${x + 22} cy=${y + 44} rx="22" ry="7" fill="#ece6d8" /><ellipse cx=${x + 22} cy=${y} rx="22" ry="7" fill="#fffdf8" /><ellipse cx=${x + 22} cy=${y} rx="7" ry="2.4" fill="#b89d74" />`;
  if (
    /towel/i.test(p.name) &&
    (p.pick(3, 1) === 0 || /pack|rolls|\b[2-9] ?ct/i.test(`${p.name} ${p.size}`))
  ) {
    const tall = (x: number) =>
      svg`<path d="M${x} 36h40v98h-40z" fill="#f6f2e8" /><path d="M${x + 30} 36h10v98h-10z" fill="#dcd5c5" /><ellipse cx=${x + 20} cy="134" rx="20" ry="6" fill="#ece6d8" /><ellipse cx=${x + 20} cy="36" rx="20" ry="6.5" fill="#fffdf8" /><ellipse cx=${x + 20} cy="36" rx="6" ry="2.2" fill="#b89d74" />`;
    return svg`${tall(38)}${tall(82)}<path d="M32 32q48 -10 96 0v104q-48 12 -96 0z" fill=${p.main} opacity=".14" /><path d="M32 66q48 9 96 0v44q-48 9 -96 0z" fill=${p.main} />${fit(p.brand, { x: 38, y: 73, w: 84, h: 22 }, p.ink, 17)}${fit(sizeText(p.size), { x: 40, y: 96, w: 80, h: 10 }, p.ink, 8.5, 600)}<path d="M38 42v86" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".5" />`;
  }
  if (/towel/i.test(p.name)) {
    return svg`<path d="M52 34h60v100H52z" fill="#f6f2e8" /><path d="M98 34h14v100H98z" fill="#dcd5c5" /><ellipse cx="82" cy="134" rx="30" ry="8" fill="#ece6d8" /><ellipse cx="82" cy="34" rx="30" ry="9" fill="#fffdf8" /><ellipse cx="82" cy="34" rx="9" ry="3" fill="#b89d74" /><path d="M52 36c-16 4-22 20-22 50v40l22 6z" fill="#fffdf8" /><path d="M52 60l-20 6M52 100l-22 4" stroke=${p.pale} stroke-width="3" stroke-dasharray="3 4" />
      <path d="M52 74h60v44c-20 7-40 7-60 0z" fill=${p.main} />${fit(p.brand, { x: 56, y: 79, w: 52, h: 22 }, p.ink)}${fit(sizeText(p.size), { x: 56, y: 103, w: 52, h: 11 }, p.ink, 8.5, 600)}`;
  }
  return svg`${roll(34, 40)}${roll(82, 40)}${roll(34, 88)}${roll(82, 88)}
    <path d="M28 34q52 -12 104 0v100q-52 14 -104 0z" fill=${p.main} opacity=".16" /><path d="M28 74q52 10 104 0v36q-52 10 -104 0z" fill=${p.main} />${fit(p.brand, { x: 36, y: 80, w: 88, h: 20 }, p.ink, 17)}${fit(sizeText(p.size), { x: 40, y: 101, w: 80, h: 10 }, p.ink, 8.5, 600)}<path d="M36 42v84" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".5" />`;
};

export const tissueBox: Draw = (p) => svg`
  <path d="M60 70c-6-20 8-24 6-40 12 6 18 2 28-2-2 14 12 20 6 42z" fill="#fffdf8" /><path d="M82 34c-4 12 2 22-4 36h22c6-22-8-28-6-42-4 2-8 4-12 6z" fill="#e6e0d2" />
  <path d="M22 78l16-14h100l-14 14z" fill=${p.pale} /><ellipse cx="80" cy="71" rx="28" ry="4.4" fill=${p.deep} /><path d="M124 78l14-14v56l-14 16z" fill=${p.deep} /><rect x="22" y="78" width="102" height="60" fill=${p.main} /><circle cx="44" cy="122" r="10" fill=${p.pale} opacity=".6" /><circle cx="104" cy="92" r="14" fill=${p.accent} opacity=".5" />${label(p, { x: 34, y: 84, w: 78, h: 48 }, [0, 2])}`;

export const wrap: Draw = (p) => {
  if (/bag|trash|storage|sandwich|zip/i.test(p.name)) {
    return svg`<path d="M56 56c4-22 40-30 52-8l-8 22z" fill="#eceeee" opacity=".9" /><path d="M64 56c6-14 24-18 34-8" fill="none" stroke="#c3c9cb" stroke-width="3" /><path d="M26 64l12-10h98l-12 10z" fill=${p.pale} /><path d="M124 64l12-10v72l-12 14z" fill=${p.deep} /><rect x="26" y="64" width="98" height="76" fill=${p.main} /><ellipse cx="80" cy="60" rx="28" ry="4" fill=${p.deep} /><path d="M60 60c6-12 30-16 38-2z" fill="#f6f7f6" />${label(p, { x: 36, y: 70, w: 78, h: 62 }, [0, 1, 2, 3])}`;
  }
  return svg`<g transform="rotate(-6 80 96)"><path d="M34 64h90v36H34z" fill=${/foil/i.test(p.name) ? '#c9ced1' : '#e8eff0'} /><path d="M34 64h90l-6-18H46z" fill="#fff" opacity=".8" /><path d="M50 66l20 30M84 66l20 30" stroke="#fff" stroke-width="4" opacity=".6" /><path d="M16 96h124v38a3 3 0 0 1-3 3H19a3 3 0 0 1-3-3z" fill=${p.main} /><path d="M16 96l4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5 4-5 4 5" fill=${p.deep} />${fit(p.brand, { x: 26, y: 104, w: 104, h: 18 }, p.ink, 16)}${fit(sizeText(p.size), { x: 30, y: 123, w: 96, h: 10 }, p.ink, 8.5, 600)}</g>`;
};

export const tableware: Draw = (p) => svg`
  <path d="M92 36h34l-6 50a5 5 0 0 1-5 4h-12a5 5 0 0 1-5-4z" fill=${p.main} /><ellipse cx="109" cy="36" rx="17" ry="4.6" fill=${p.deep} /><path d="M94 54h30l-1 12H96z" fill=${p.paper} />
  ${[0, 1, 2, 3].map((i) => svg`<ellipse cx="76" cy=${128 - i * 8} rx="54" ry="13" fill=${i % 2 ? '#e9e3d4' : '#fffdf8'} /><ellipse cx="76" cy=${127 - i * 8} rx="34" ry="7" fill=${i === 3 ? p.pale : 'none'} />`)}
  <path d="M44 34v20c0 6 4 8 6 9l-1 36h8l-1-36c2-1 6-3 6-9V34h-4v18h-3V34h-4v18h-3V34z" fill=${p.accent} />${fit(p.brand, { x: 52, y: 98, w: 48, h: 9 }, p.paperInk, 8)}${fit(sizeText(p.size), { x: 94, y: 70, w: 30, h: 10 }, p.ink, 8, 600)}`;

export const kitchenware: Draw = (p) => {
  if (/bulb|light/i.test(p.name)) {
    return svg`<path d="M40 46h80v94H40z" fill=${p.main} /><path d="M120 46l10-8v92l-10 10z" fill=${p.deep} /><path d="M40 46l10-8h80l-10 8z" fill=${p.pale} /><circle cx="80" cy="90" r="24" fill="#fff3c9" /><path d="M80 70c-12 0-19 9-19 19 0 9 8 13 9 21h20c1-8 9-12 9-21 0-10-7-19-19-19z" fill="#fffbe8" /><path d="M71 112h18v6a5 5 0 0 1-5 5h-8a5 5 0 0 1-5-5z" fill="#a9adb0" /><path d="M75 92l5 6 5-6M80 98v12" fill="none" stroke="#d9a047" stroke-width="2.4" />${fit(p.brand, { x: 44, y: 49, w: 72, h: 15 }, p.ink)}${fit(sizeText(p.size), { x: 44, y: 127, w: 72, h: 10 }, p.ink, 8.5, 600)}`;
  }
  if (/batter/i.test(p.name)) {
    return svg`<rect x="34" y="30" width="92" height="110" rx="8" fill=${p.main} /><circle cx="80" cy="40" r="5" fill=${p.pale} />${[0, 1, 2, 3].map((i) => svg`<rect x=${43 + i * 19} y="70" width="15" height="50" rx="3" fill="#2f2c28" /><rect x=${43 + i * 19} y="70" width="15" height="16" fill="#c98a4a" /><rect x=${47 + i * 19} y="66" width="7" height="5" fill="#c3c7c9" />`)}${fit(p.brand, { x: 42, y: 48, w: 76, h: 15 }, p.ink)}${fit(sizeText(p.size), { x: 42, y: 125, w: 76, h: 10 }, p.ink, 8.5, 600)}`;
  }
  return svg`<path d="M62 78c-16-22-14-48-4-48s12 26 8 48M66 78c-2-20-2-44 4-46s10 24 2 46" fill="none" stroke="#8d9194" stroke-width="3.6" /><path d="M94 84l10-54c2-8 18-4 16 4l-16 52z" fill="#c98f57" /><path d="M82 82V44" stroke="#9a6238" stroke-width="5" stroke-linecap="round" /><ellipse cx="82" cy="38" rx="9" ry="13" fill="#b57d49" />
    <path d="M44 78h72l-6 54a9 9 0 0 1-9 8H59a9 9 0 0 1-9-8z" fill=${p.main} /><path d="M98 78h18l-6 54a9 9 0 0 1-9 8h-8z" fill="#1b1208" opacity=".12" /><rect x="41" y="74" width="78" height="9" rx="4" fill=${p.deep} />${label(p, { x: 56, y: 88, w: 48, h: 44 }, [0])}`;
};

export const charcoal: Draw = (p) => svg`
  <path d="M40 30h80l6 104a6 6 0 0 1-6 6H40a6 6 0 0 1-6-6z" fill=${p.deep} /><path d="M40 30h80l1 12H39z" fill=${p.main} /><path d="M60 116c-6-16 10-20 8-38 14 8 16 18 14 26 4-2 6-6 6-10 10 10 10 24 2 32-8 8-26 6-30-10z" fill="#dd8a3c" /><path d="M72 124c-2-8 6-12 6-20 8 6 10 18 2 24-4 2-7 0-8-4z" fill="#f4cd74" /><path d="M44 138l8-12 14 3 4 9zM88 138l6-11 16 2 6 9z" fill="#2f2c28" />${fit(p.brand, { x: 44, y: 46, w: 72, h: 20 }, '#fffdf8')}${fit(sizeText(p.size), { x: 44, y: 66, w: 72, h: 10 }, '#fffdf8', 8.5, 600)}`;

export const soap: Draw = (p) => {
  if (/tooth|paste|crest|colgate/i.test(p.name)) {
    return svg`<g transform="rotate(-14 80 90)"><path d="M16 66h12v50H16z" fill=${p.deep} /><path d="M26 64h84l18 16v22l-18 16H26z" fill=${p.paper} /><path d="M26 64h84l6 5H26zM26 113h90l-6 5H26z" fill=${p.main} /><rect x="128" y="78" width="16" height="26" rx="3" fill=${p.main} /><path d="M30 90c20-14 40 12 70-4v22H30z" fill=${p.accent} opacity=".35" />${fit(p.brand, { x: 34, y: 70, w: 72, h: 20 }, p.paperInk, 16)}${fit(sizeText(p.size), { x: 34, y: 96, w: 72, h: 11 }, p.paperInk, 9, 600)}</g>`;
  }
  return svg`<path d="M60 26h30c6 0 8 4 8 10h-8v-3H74v13H64V33h-4z" fill=${p.accent} /><rect x="56" y="46" width="26" height="12" rx="2" fill=${p.deep} /><path d="M54 58h30c14 4 20 14 20 28v44a10 10 0 0 1-10 10H44a10 10 0 0 1-10-10V86c0-14 6-24 20-28z" fill=${p.main} /><path d="M92 62c8 5 12 14 12 24v44a10 10 0 0 1-10 10h-8c8-24 10-50 6-78z" fill="#1b1208" opacity=".12" />${label(p, { x: 41, y: 78, w: 56, h: 54 }, [0, 1, 3])}
    <path d="M92 122h44c4 0 6 3 6 8s-2 10-8 10H94c-6 0-8-4-8-10s2-8 6-8z" fill=${p.pale} /><circle cx="118" cy="104" r="8" fill="#fff" opacity=".75" /><circle cx="132" cy="112" r="5" fill="#fff" opacity=".65" /><circle cx="126" cy="92" r="4" fill="#fff" opacity=".6" />`;
};

export const medicine: Draw = (p) => svg`
  <rect x="50" y="28" width="48" height="24" rx="4" fill="#fffdf8" /><path d="M56 31v18M64 31v18M72 31v18M80 31v18M88 31v18" stroke="#cfc8b8" stroke-width="2.4" /><path d="M46 52h56c6 4 8 10 8 16v62a10 10 0 0 1-10 10H48a10 10 0 0 1-10-10V68c0-6 2-12 8-16z" fill=${p.main} /><path d="M98 52h4c6 4 8 10 8 16v62a10 10 0 0 1-10 10h-4z" fill="#1b1208" opacity=".14" />
  ${label(p, { x: 42, y: 68, w: 64, h: 56 }, [0, 3])}<ellipse cx="118" cy="130" rx="18" ry="9" fill="#fffdf8" /><path d="M100 130a18 9 0 0 0 36 0v3a18 9 0 0 1-36 0z" fill="#d9d2c2" /><path d="M108 127h20" stroke="#cfc8b8" stroke-width="2" /><ellipse cx="128" cy="112" rx="13" ry="7" fill=${p.accent} />`;

const paw = (x: number, y: number, s: number, fill: string) =>
  svg`<g transform="translate(${x} ${y}) scale(${s})" fill=${fill}><path d="M0 2c7 0 12 6 12 11 0 4-4 5-7 4-3-1-7-1-10 0s-7 0-7-4c0-5 5-11 12-11z" /><ellipse cx="-11" cy="-2" rx="4" ry="5.4" /><ellipse cx="-4" cy="-9" rx="4" ry="5.6" /><ellipse cx="5" cy="-9" rx="4" ry="5.6" /><ellipse cx="12" cy="-2" rx="4" ry="5.4" /></g>`;

export const petFood: Draw = (p) => {
  if (p.pick(3, 1) === 0 || /can|wet|oz$/i.test(p.size)) {
    return svg`<path d="M30 74h100v58a8 8 0 0 1-8 8H38a8 8 0 0 1-8-8z" fill=${p.main} /><ellipse cx="80" cy="74" rx="50" ry="11" fill="#e3e5e5" /><ellipse cx="80" cy="74" rx="43" ry="8" fill="#c2c6c8" /><path d="M72 70c0-6 18-6 18 0" fill="none" stroke="#8d9194" stroke-width="3" /><path d="M114 80h16v52a8 8 0 0 1-8 8h-8z" fill="#1b1208" opacity=".13" />${p.pick(6, 2) === 0 ? paw(102, 112, 1.1, p.pale) : svg`<circle cx="102" cy="110" r="21" fill=${p.paper} />${emblem(p)(102, 110, 32)}`}${fit(p.brand, { x: 36, y: 92, w: 48, h: 22 }, p.ink)}${fit(sizeText(p.size), { x: 36, y: 116, w: 46, h: 10 }, p.ink, 8.5, 600)}`;
  }
  return svg`<path d="M44 26h72l8 108a6 6 0 0 1-6 6H42a6 6 0 0 1-6-6z" fill=${p.main} /><path d="M44 26h72l1 11H43z" fill=${p.deep} /><path d="M106 37h11l7 97a6 6 0 0 1-6 6h-10z" fill="#1b1208" opacity=".12" /><circle cx="78" cy="86" r="25" fill=${p.paper} />${paw(78, 86, 1.35, p.main)}${fit(p.brand, { x: 44, y: 41, w: 62, h: 18 }, p.ink)}
    <path d="M62 122c2-8 12-10 18-6 6-8 18-8 24-2 10-6 22 0 24 8z" fill="#a5713f" /><path d="M56 120h80l-7 16a7 7 0 0 1-6 4H69a7 7 0 0 1-6-4z" fill=${p.accent} />${fit(sizeText(p.size), { x: 66, y: 124, w: 60, h: 12 }, '#fffdf8', 9, 600)}`;
};

export const litter: Draw = (p) => svg`
  <path d="M52 44c0-22 56-22 56 0" fill="none" stroke=${p.deep} stroke-width="6" /><path d="M30 50h100l-6 82a9 9 0 0 1-9 8H45a9 9 0 0 1-9-8z" fill=${p.main} /><rect x="26" y="42" width="108" height="14" rx="5" fill=${p.accent} /><path d="M112 56h17l-5 76a9 9 0 0 1-9 8h-8z" fill="#1b1208" opacity=".12" />
  <path d="M62 132c-4-20 0-30 6-38l-2-14 10 6h8l10-6-2 14c8 8 10 22 8 38z" fill=${p.pale} />${fit(p.brand, { x: 40, y: 60, w: 80, h: 18 }, p.ink)}${fit(sizeText(p.size), { x: 60, y: 118, w: 42, h: 11 }, p.deep, 9, 700)}`;

export const card: Draw = (p) => svg`
  <g transform="rotate(7 92 98)"><rect x="54" y="74" width="86" height="60" rx="3" fill="#f6efe0" /><path d="M54 76l43 32 43-32" fill="none" stroke="#d6c9ac" stroke-width="3" /></g>
  <g transform="rotate(-6 66 84)"><path d="M28 34h66v92H28z" fill=${p.main} /><path d="M94 34l8 5v90l-8-3z" fill=${p.deep} /><rect x="35" y="41" width="52" height="78" rx="2" fill=${p.paper} />${[0, 72, 144, 216, 288].map((turn) => svg`<ellipse cx="61" cy="62" rx="6" ry="9" fill=${p.accent} transform="rotate(${turn} 61 73)" />`)}<circle cx="61" cy="73" r="5" fill="#e8c04f" /><path d="M61 80v18M61 92c6 0 9-4 10-8" fill="none" stroke="#749c5a" stroke-width="2.6" />${fit(p.brand, { x: 38, y: 101, w: 46, h: 13 }, p.paperInk, 10)}</g>`;

export const magazine: Draw = (p) => svg`<g transform="rotate(-5 80 88)">
  <path d="M42 34h78v106H42z" fill="#fffdf8" /><path d="M38 30h78v96l-12 14H38z" fill=${p.main} /><path d="M104 140l12-14h-12z" fill=${p.deep} /><rect x="44" y="56" width="66" height="50" fill=${p.pale} /><circle cx="92" cy="70" r="8" fill="#f2d58c" /><path d="M44 106l22-28 16 18 10-10 18 20z" fill=${p.accent} />${fit(p.brand || 'Weekly', { x: 42, y: 34, w: 70, h: 18 }, p.ink, 19)}<path d="M46 114h40M46 122h52M46 130h30" stroke=${p.ink} stroke-width="3" stroke-linecap="round" opacity=".65" /></g>`;

export const toy: Draw = (p) => svg`
  <path d="M30 96c0-8 4-12 14-14l14-24c2-4 6-6 12-6h26c6 0 8 2 11 6l12 22c12 2 17 6 17 16v20H30z" fill=${p.main} /><path d="M64 62h14v20H52zM84 62h12c3 0 5 1 6 4l8 16H84z" fill="#dfeaec" /><path d="M30 104h106v12H30z" fill=${p.deep} /><circle cx="54" cy="118" r="16" fill="#2f2c28" /><circle cx="54" cy="118" r="7" fill="#d9d2c2" /><circle cx="110" cy="118" r="16" fill="#2f2c28" /><circle cx="110" cy="118" r="7" fill="#d9d2c2" /><circle cx="132" cy="98" r="4" fill="#f2d58c" />
  <circle cx="122" cy="48" r="15" fill=${p.accent} /><path d="M108 44c10 6 20 6 28-2M120 33c-4 10-2 20 6 30" fill="none" stroke="#fffdf8" stroke-width="3" opacity=".8" />${fit(p.brand, { x: 72, y: 86, w: 44, h: 14 }, p.ink, 10)}`;
export const flower: Draw = (p) => {
  const one = (x: number, y: number, fill: string, heart: string) => svg`
    ${[0, 60, 120, 180, 240, 300].map((turn) => svg`<ellipse cx=${x} cy=${y - 12} rx="8" ry="11" fill=${fill} transform="rotate(${turn} ${x} ${y})" />`)}
    <circle cx=${x} cy=${y} r="7" fill=${heart} />`;
  const colours = ['#d68a9a', '#c9556a', '#e3b24c', '#a987b8', '#f3ead8', '#d97f56'];
  const at = (i: number) => colours[(p.pick(6, 5) + i) % 6] as string;
  return svg`
    <path d="M80 138L44 70M80 138l0-70M80 138l36-68" stroke="#5f8f4c" stroke-width="4" />
    <path d="M40 92c8 16 20 34 40 46 20-12 32-30 40-46-20-12-60-12-80 0z" fill=${p.pale} />
    <path d="M80 138c20-12 32-30 40-46-12-8-28-10-40-10z" fill=${p.main} opacity=".45" />
    <path d="M64 118h32l-4 12H68z" fill=${p.deep} />
    ${one(50, 66, at(0), '#d9a544')}${one(110, 66, at(1), '#f0d080')}${one(80, 50, at(2), '#c98a3a')}`;
};
