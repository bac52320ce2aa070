// What a plain pack shows on its label: the drawing of what is inside, chosen by the product's English
// name, or an ornament when the name says nothing that can be drawn.

import { type SVGTemplateResult, svg } from 'lit';
import * as bakery from './bakery.js';
import * as chilled from './chilled.js';
import type { Paint } from './palette.js';
import type { Draw } from './produce.js';
import * as produce from './produce.js';

const shape =
  (d: string, fill: (p: Paint) => string): Draw =>
  (p) =>
    svg`<path d=${d} fill=${fill(p)} />`;

const leaf: Draw = (p) => svg`
  <path d="M40 126c-6-54 26-84 84-80 4 56-26 90-84 80z" fill="#749c5a" /><path d="M40 132c16-32 38-54 66-70" fill="none" stroke=${p.paper} stroke-width="6" stroke-linecap="round" />`;
const wheat: Draw = () => svg`
  <path d="M80 138V46" stroke="#b98a3e" stroke-width="6" stroke-linecap="round" />${[0, 1, 2, 3].map((i) => svg`<ellipse cx=${64} cy=${58 + i * 18} rx="9" ry="16" fill="#d9ac58" transform="rotate(-38 64 ${58 + i * 18})" /><ellipse cx=${96} cy=${58 + i * 18} rx="9" ry="16" fill="#cc9a44" transform="rotate(38 96 ${58 + i * 18})" />`)}<ellipse cx="80" cy="44" rx="9" ry="16" fill="#e3bd6e" />`;
const drop: Draw = (p) =>
  svg`<path d="M80 36c22 32 34 48 34 64a34 34 0 0 1-68 0c0-16 12-32 34-64z" fill=${p.accent} /><path d="M62 100c0 12 6 18 14 20" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".7" />`;
const star: Draw = (p) =>
  shape('M80 34l15 33 36 4-27 25 8 36-32-18-32 18 8-36-27-25 36-4z', (q) => q.accent)(p);
const sun: Draw = (p) =>
  svg`<circle cx="80" cy="86" r="24" fill="#d9a047" />${[0, 30, 60, 90, 120, 150].map((turn) => svg`<path d="M80 38v14M80 120v14" stroke=${p.accent} stroke-width="7" stroke-linecap="round" transform="rotate(${turn} 80 86)" />`)}`;
const rings: Draw = (p) =>
  svg`<circle cx="80" cy="86" r="42" fill=${p.accent} /><circle cx="80" cy="86" r="28" fill=${p.pale} /><circle cx="80" cy="86" r="14" fill=${p.main} />`;
const diamonds: Draw = (p) =>
  svg`<path d="M50 86l30-42 30 42-30 42z" fill=${p.accent} /><path d="M24 86l20-28 20 28-20 28zM96 86l20-28 20 28-20 28z" fill=${p.main} opacity=".7" />`;
const waves: Draw = (p) =>
  svg`${[58, 84, 110].map((y, i) => svg`<path d="M32 ${y}q12 -16 24 0t24 0 24 0 24 0" fill="none" stroke=${i === 1 ? p.main : p.accent} stroke-width="9" stroke-linecap="round" />`)}`;
const bubbles: Draw = (p) =>
  svg`<circle cx="66" cy="94" r="30" fill=${p.accent} opacity=".75" /><circle cx="104" cy="70" r="20" fill=${p.main} opacity=".75" /><circle cx="102" cy="116" r="13" fill=${p.pale} /><path d="M50 86c2-8 7-12 13-14" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" />`;
const beans: Draw = (p) => {
  const fill = /black/i.test(p.name)
    ? '#43363a'
    : /kidney|chil|red/i.test(p.name)
      ? '#8f4038'
      : /green|pea|lima/i.test(p.name)
        ? '#7fa357'
        : '#c89a66';
  return svg`${(
    [
      [60, 66, -20],
      [102, 72, 30],
      [54, 104, 24],
      [90, 108, -12],
      [120, 104, 60],
    ] as const
  ).map(
    ([x, y, turn]) =>
      svg`<path d="M-20 0c0-16 40-16 40 0 0 10-10 14-14 8-4-4-8-4-12 0-6 6-14 2-14-8z" fill=${fill} transform="translate(${x} ${y}) rotate(${turn})" /><path d="M-12 -4c4-4 10-5 14-4" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".45" transform="translate(${x} ${y}) rotate(${turn})" />`,
  )}`;
};
const peas: Draw = () =>
  svg`<path d="M26 112c14-46 60-66 110-58-4 46-58 82-110 58z" fill="#5f8f4c" />${(
    [
      [56, 104],
      [76, 92],
      [95, 80],
      [113, 68],
    ] as const
  ).map(
    ([x, y]) =>
      svg`<circle cx=${x} cy=${y} r="12" fill="#a3c67a" /><circle cx=${x - 3} cy=${y - 4} r="3.4" fill="#fff" opacity=".5" />`,
  )}`;
const pineapple: Draw = () =>
  svg`<ellipse cx="80" cy="100" rx="30" ry="38" fill="#d9a843" /><path d="M58 76l44 46M54 96l34 38M72 66l38 40M102 76l-44 46M106 96l-34 38M88 66l-38 40" stroke="#a97d28" stroke-width="3" /><path d="M80 66c-10-8-20-10-26-8 2-8 10-10 16-8-4-8-2-16 2-22 6 6 8 12 8 18 0-6 2-12 8-18 4 6 6 14 2 22 6-2 14 0 16 8-6-2-16 0-26 8z" fill="#5f8f4c" />`;
const flameMark: Draw = () =>
  svg`<path d="M82 30c10 22 36 34 34 66a36 36 0 0 1-72 4c-2-18 10-26 12-42 10 6 14 12 16 20 8-12 12-26 10-48z" fill="#cf6a3c" /><path d="M82 76c6 12 16 18 14 34a17 17 0 0 1-34 0c0-10 6-12 8-20 4 4 6 6 8 10 4-8 5-14 4-24z" fill="#eec06a" />`;
const bone: Draw = (p) =>
  svg`<g transform="rotate(-28 80 86)"><rect x="46" y="76" width="68" height="20" fill=${p.accent} /><circle cx="44" cy="74" r="14" fill=${p.accent} /><circle cx="44" cy="98" r="14" fill=${p.accent} /><circle cx="116" cy="74" r="14" fill=${p.accent} /><circle cx="116" cy="98" r="14" fill=${p.accent} /></g>`;
const cow: Draw = () =>
  svg`<path d="M40 60c-14 0-20 10-20 18 10 4 20 2 26-4zM120 60c14 0 20 10 20 18-10 4-20 2-26-4z" fill="#7a5138" /><path d="M48 56c4-20 60-20 64 0 4 26-2 42-6 56H54c-4-14-10-30-6-56z" fill="#f1e3cc" /><path d="M86 40c14 2 24 6 26 16 2 14 1 22 0 30-14 2-26-18-26-46z" fill="#7a5138" /><rect x="48" y="100" width="64" height="34" rx="17" fill="#e3b3a4" /><circle cx="66" cy="116" r="4.6" fill="#7a4f45" /><circle cx="94" cy="116" r="4.6" fill="#7a4f45" /><circle cx="62" cy="80" r="5" fill="#2b2420" /><circle cx="98" cy="80" r="5" fill="#2b2420" />`;
const mintLeaf: Draw = () =>
  svg`<path d="M30 118c0-40 24-66 56-70 2 36-18 64-56 70zM76 126c10-34 30-50 60-48-6 30-28 48-60 48z" fill="#6fa384" /><path d="M30 122c14-26 30-46 50-64M78 126c14-18 30-32 50-42" fill="none" stroke="#fff" stroke-width="4" opacity=".7" />`;
const bowl: Draw = (p) =>
  svg`<path d="M28 82h104c0 34-22 50-40 50H68c-18 0-40-16-40-50z" fill=${p.accent} /><ellipse cx="80" cy="82" rx="52" ry="12" fill="#fffdf8" /><ellipse cx="80" cy="82" rx="44" ry="8" fill="#cf8a4c" /><path d="M62 62c-8-10 8-16 0-28M90 60c-8-10 8-16 0-28" fill="none" stroke=${p.accent} stroke-width="6" stroke-linecap="round" />`;
const vanilla: Draw = () =>
  svg`${[0, 72, 144, 216, 288].map((turn) => svg`<ellipse cx="80" cy="58" rx="17" ry="28" fill="#f2e0ae" stroke="#d9bf78" stroke-width="3" transform="rotate(${turn} 80 86)" />`)}<circle cx="80" cy="86" r="13" fill="#d9a047" />`;
const cocoaBar: Draw = () =>
  svg`<rect x="38" y="48" width="84" height="76" rx="6" fill="#6b4632" />${[0, 1, 2, 3, 4, 5].map((i) => svg`<rect x=${45 + (i % 3) * 24} y=${56 + Math.floor(i / 3) * 32} width="21" height="28" rx="3" fill="#86593f" />`)}`;
const rice: Draw = () =>
  svg`${(
    [
      [60, 66, 20],
      [86, 58, 70],
      [106, 80, 130],
      [58, 96, 100],
      [82, 90, 30],
      [100, 110, 10],
      [74, 120, 60],
      [120, 60, 30],
      [44, 78, 160],
      [124, 100, 80],
    ] as const
  ).map(
    ([x, y, turn]) =>
      svg`<ellipse cx=${x} cy=${y} rx="13" ry="5.6" fill="#fffdf6" stroke="#cfc3a6" stroke-width="3" transform="rotate(${turn} ${x} ${y})" />`,
  )}`;
const almond: Draw = () =>
  svg`${(
    [
      [58, 82, -30],
      [100, 72, 30],
      [84, 112, 0],
    ] as const
  ).map(
    ([x, y, turn]) =>
      svg`<path d="M0 -30c18 16 22 36 0 52-22-16-18-36 0-52z" fill="#b57f4d" transform="translate(${x} ${y}) rotate(${turn})" /><path d="M-5 -12v24M5 -12v24" stroke="#8f5f36" stroke-width="3" stroke-linecap="round" transform="translate(${x} ${y}) rotate(${turn})" />`,
  )}`;
const coffeeBean: Draw = () =>
  svg`${(
    [
      [58, 72, -24],
      [104, 82, 20],
      [76, 116, 60],
    ] as const
  ).map(
    ([x, y, turn]) =>
      svg`<g transform="translate(${x} ${y}) rotate(${turn})"><ellipse rx="19" ry="27" fill="#5f4030" /><path d="M2 -24c-8 16 8 30 -4 48" fill="none" stroke="#c6a079" stroke-width="4" /></g>`,
  )}`;
const honey: Draw = () =>
  svg`<path d="M80 34l42 24v48l-42 24-42-24V58z" fill="#d9a047" /><path d="M80 54l24 14v28l-24 14-24-14V68z" fill="#f0cf82" />`;
const smile: Draw = (p) =>
  svg`<circle cx="80" cy="86" r="44" fill=${p.accent} /><circle cx="64" cy="78" r="6" fill="#26221c" /><circle cx="96" cy="78" r="6" fill="#26221c" /><path d="M58 98c8 18 36 18 44 0" fill="none" stroke="#26221c" stroke-width="6" stroke-linecap="round" />`;
const pizza: Draw = () => pizzaRound;
const pizzaRound = svg`<circle cx="80" cy="88" r="48" fill="#cf9a52" /><circle cx="80" cy="88" r="41" fill="#e9c26a" /><path d="M80 88L62 44a48 48 0 0 1 40 2z" fill="#b5493a" opacity=".25" /><circle cx="64" cy="78" r="9" fill="#b5493a" /><circle cx="96" cy="74" r="9" fill="#b5493a" /><circle cx="84" cy="108" r="9" fill="#b5493a" /><circle cx="54" cy="102" r="7" fill="#b5493a" /><circle cx="110" cy="98" r="7" fill="#b5493a" /><path d="M76 62l6 5M100 92l6-3M66 116l6 3M48 84l4 5" stroke="#5f8f4c" stroke-width="5" stroke-linecap="round" />`;

// First hit wins, so the particular stands before the general.
const drawings: readonly (readonly [RegExp, Draw])[] = [
  [/pizza|pepperoni/i, pizza],
  [/pineapple|tropical/i, pineapple],
  [/strawberr/i, produce.strawberry],
  [/berr|cherr/i, produce.berries],
  [/grape\b|grapes|raisin/i, produce.grapes],
  [/orange|lemon|lime|citrus|mandarin|tangerine/i, produce.citrus],
  [/banana/i, produce.banana],
  [/apple/i, produce.apple],
  [/\bpear/i, produce.pear],
  [/peach|apricot|plum|prune|nectar|mango/i, produce.peach],
  [/melon/i, produce.melon],
  [/tomato|ketchup|salsa|marinara|spaghetti sauce|pasta sauce/i, produce.tomato],
  [/corn\b|popcorn/i, produce.corn],
  [/bean|chili|lentil/i, beans],
  [/\bpeas?\b/i, peas],
  [/carrot/i, produce.carrot],
  [/mushroom/i, produce.mushroom],
  [/potato|fries|hash ?brown|tater/i, produce.potato],
  [/onion|garlic/i, produce.onion],
  [/pickle|cucumber|zucchini/i, produce.vegetables],
  [/jalap|pepper|chile|hot sauce/i, produce.pepper],
  [/broccoli|cauli|spinach|vegetable|veggie|greens|salad/i, produce.vegetables],
  [/chicken|turkey|poultry|wing|nugget/i, chilled.poultry],
  [/tuna|salmon|fish|seafood|shrimp|crab/i, chilled.fish],
  [/beef|steak|meat\b|burger/i, chilled.meat],
  [/sausage|hot ?dog|frank/i, chilled.sausage],
  [/bacon/i, chilled.bacon],
  [/chedd|cheese|macaroni|nacho/i, chilled.cheese],
  [/\beggs?\b/i, chilled.egg],
  [/pretzel/i, bakery.pretzel],
  [/cookie|oreo|chip(s)? ahoy/i, bakery.cookie],
  [/cracker|graham|saltine/i, bakery.cracker],
  [/doughnut|donut/i, bakery.doughnut],
  [/cake|brownie|frosting|muffin|pastr/i, bakery.cake],
  [/choc|cocoa|fudge/i, cocoaBar],
  [/vanilla|ice cream|cream/i, vanilla],
  [/mint/i, mintLeaf],
  [/honey|syrup/i, honey],
  [/almond|nut|pecan|cashew/i, almond],
  [/coffee|espresso|latte/i, coffeeBean],
  [/rice/i, rice],
  [/wheat|flour|oat|grain|cereal|bran|granola|bread|pasta|bagel|waffle|pancake|biscuit/i, wheat],
  [/soup|noodle|broth|stew|dinner|entree|meal/i, bowl],
  [/spic|hot\b|bbq|barbecue|taco|cajun|mustard/i, flameMark],
  [/milk|dairy|yogurt|half|butter/i, cow],
  [/herb|tea\b|green|organic|basil|parsley|oregano|olive/i, leaf],
  [/dog|bone/i, bone],
  [/soap|shampoo|detergent|laundry|dish|clean|wash|bath/i, bubbles],
  [/water|oil|softener|sauce|dressing|juice|drink/i, drop],
  [/baby|kid|toy/i, smile],
  [/morning|sun|breakfast/i, sun],
];

const ornaments: readonly Draw[] = [star, leaf, rings, diamonds, waves, sun];

/** A function that places the product's emblem at (x, y) within a square of `size`. */
export function emblem(p: Paint): (x: number, y: number, size: number) => SVGTemplateResult {
  const draw =
    drawings.find(([pattern]) => pattern.test(p.name))?.[1] ??
    (ornaments[p.pick(ornaments.length, 21)] as Draw);
  return (x, y, size) => {
    const scale = Math.max(size, 8) / 116;
    return svg`<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(3)}) translate(-80 -88)">${draw(p)}</g>`;
  };
}

export { pizza };
