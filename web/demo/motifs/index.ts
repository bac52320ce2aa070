// Product pictures. `drawing(product)` draws the motif the catalogue names, in the colours of its
// department, brand and size set on the pack. Deterministic: a product always looks the same.
// No image file is ever loaded.

import { type SVGTemplateResult, svg } from 'lit';
import * as bakery from './bakery.js';
import * as chilled from './chilled.js';
import * as drinks from './drinks.js';
import { pizza } from './emblems.js';
import * as home from './home.js';
import { tag } from './label.js';
import * as packs from './packs.js';
import { type Paint, paintFor } from './palette.js';
import type { Draw } from './produce.js';
import * as produce from './produce.js';

export interface Pictured {
  id: string;
  nameEn: string;
  departmentEn: string;
  brandEn: string;
  sizeText: string;
  motif: string;
}

// Goods that lie loose on the shelf: shown alone, in pairs, in a tray or in a bag, with a paper tag.
const loose: Readonly<Record<string, Draw>> = {
  apple: produce.apple,
  banana: produce.banana,
  citrus: produce.citrus,
  berries: produce.berries,
  grapes: produce.grapes,
  melon: produce.melon,
  peach: produce.peach,
  carrot: produce.carrot,
  lettuce: produce.lettuce,
  tomato: produce.tomato,
  potato: produce.potato,
  onion: produce.onion,
  pepper: produce.pepper,
  vegetables: produce.vegetables,
  mushroom: produce.mushroom,
  corn: produce.corn,
  bread: bakery.bread,
  bun: bakery.bun,
  cake: bakery.cake,
  doughnut: bakery.doughnut,
  pretzel: bakery.pretzel,
  cracker: bakery.cracker,
  cookie: bakery.cookie,
  egg: chilled.egg,
  cheese: chilled.cheese,
  meat: chilled.meat,
  poultry: chilled.poultry,
  sausage: chilled.sausage,
  bacon: chilled.bacon,
  'deli-meat': chilled.deliMeat,
  fish: chilled.fish,
  pizza,
  flower: home.flower,
};

const packed: Readonly<Record<string, Draw>> = {
  milk: drinks.milk,
  butter: packs.butter,
  yogurt: packs.yogurt,
  tub: packs.tub,
  'frozen-box': packs.frozenBox,
  'frozen-bag': packs.frozenBag,
  'ice-cream': packs.iceCream,
  'ice-pop': packs.icePop,
  can: packs.can,
  soup: packs.soup,
  jar: packs.jar,
  'sauce-bottle': packs.sauceBottle,
  pasta: packs.pasta,
  noodles: packs.noodles,
  bag: packs.bag,
  packet: packs.packet,
  box: packs.box,
  cereal: packs.cereal,
  bar: packs.bar,
  chips: packs.chips,
  chocolate: packs.chocolate,
  candy: packs.candy,
  nuts: packs.nuts,
  soda: drinks.soda,
  'drink-can': drinks.drinkCan,
  water: drinks.water,
  'sports-drink': drinks.sportsDrink,
  juice: drinks.juice,
  'juice-box': drinks.juiceBox,
  coffee: drinks.coffee,
  tea: drinks.tea,
  beer: drinks.beer,
  wine: drinks.wine,
  baby: drinks.babyBottle,
  detergent: home.detergent,
  spray: home.spray,
  'paper-roll': home.paperRoll,
  'tissue-box': home.tissueBox,
  wrap: home.wrap,
  tableware: home.tableware,
  kitchenware: home.kitchenware,
  charcoal: home.charcoal,
  soap: home.soap,
  medicine: home.medicine,
  'pet-food': home.petFood,
  litter: home.litter,
  card: home.card,
  magazine: home.magazine,
  toy: home.toy,
};

// Where a bagged or wrapped presentation makes no sense.
const alwaysAlone = new Set(['melon', 'meat', 'egg', 'flower', 'cake', 'berries', 'pizza']);
// Sold wrapped: the drawing sits on a printed pack.
const wrapped = new Set([
  'bread',
  'bun',
  'cookie',
  'cracker',
  'pretzel',
  'sausage',
  'bacon',
  'cheese',
  'fish',
  'poultry',
  'doughnut',
  'deli-meat',
]);

export function knownMotifs(): readonly string[] {
  return [...Object.keys(loose), ...Object.keys(packed)];
}

function scaled(draw: Draw, p: Paint, x: number, y: number, scale: number): SVGTemplateResult {
  return svg`<g transform="translate(${x} ${y}) scale(${scale}) translate(-80 -88)">${draw(p)}</g>`;
}

const shadow = (width: number) =>
  svg`<ellipse cx="80" cy="142" rx=${width} ry="6" fill="#1b1208" opacity=".13" />`;

function present(motif: string, draw: Draw, p: Paint): SVGTemplateResult {
  const note = p.brand || p.size;
  if (wrapped.has(motif) && p.brand && p.pick(3, 31) > 0) {
    // A printed sleeve across the lower part, as bread or bacon is sold.
    const window = p.pick(2, 32) === 0;
    return svg`${shadow(50)}
      <rect x="26" y="28" width="108" height="113" rx="8" fill=${p.main} />
      ${window ? svg`<rect x="33" y="36" width="94" height="66" rx="6" fill=${p.paper} />` : svg`<circle cx="80" cy="72" r="37" fill=${p.paper} />`}
      ${scaled(draw, p, 80, window ? 69 : 72, window ? 0.56 : 0.54)}
      <path d="M118 28h8a8 8 0 0 1 8 8v97a8 8 0 0 1-8 8h-8z" fill="#1b1208" opacity=".1" />
      ${wideLabel(p)}`;
  }
  const plan = alwaysAlone.has(motif) ? 0 : p.pick(4, 33);
  if (plan === 1) {
    // Two, one behind the other.
    return svg`${shadow(52)}${scaled(draw, p, 98, 66, 0.66)}${scaled(draw, p, 62, 90, 0.74)}
      ${note ? tag(p, { x: 90, y: 108, w: 54, h: 28 }) : ''}`;
  }
  if (plan === 2) {
    // A tray with a printed band.
    return svg`${shadow(56)}
      ${scaled(draw, p, 48, 70, 0.5)}${scaled(draw, p, 112, 70, 0.5)}${scaled(draw, p, 80, 62, 0.56)}
      <path d="M18 92h124l-10 42a8 8 0 0 1-8 7H36a8 8 0 0 1-8-7z" fill=${p.main} /><path d="M18 92h124l-2 8H20z" fill=${p.deep} />
      ${note ? tag(p, { x: 42, y: 104, w: 76, h: 31 }) : ''}`;
  }
  if (plan === 3 && note) {
    // A clear bag under a printed header.
    return svg`${shadow(48)}
      <path d="M34 48h92l8 84a9 9 0 0 1-9 9H35a9 9 0 0 1-9-9z" fill="#fff" opacity=".6" />
      ${scaled(draw, p, 58, 82, 0.46)}${scaled(draw, p, 102, 80, 0.46)}${scaled(draw, p, 80, 110, 0.52)}
      <path d="M112 50l8 84" stroke="#fff" stroke-width="5" stroke-linecap="round" opacity=".65" />
      <path d="M32 20h96v32H32z" fill=${p.main} /><circle cx="80" cy="26" r="3" fill=${p.deep} />
      ${headerText(p)}`;
  }
  return svg`${shadow(46)}${scaled(draw, p, 80, note ? 78 : 84, note ? 0.92 : 1.04)}
    ${note ? tag(p, { x: 84, y: 110, w: 60, h: 30 }) : ''}`;
}

const wideLabel = (p: Paint) =>
  svg`${tag({ ...p, main: p.paper }, { x: 34, y: 107, w: 92, h: 29 })}`;
const headerText = (p: Paint) =>
  svg`${tag({ ...p, main: p.main, paper: p.main, paperInk: p.ink }, { x: 36, y: 29, w: 88, h: 22 })}`;

/** The drawing alone, as the inside of an <svg viewBox="0 0 160 160">. */
export function drawing(product: Pictured): SVGTemplateResult {
  const p = paintFor({
    id: product.id,
    department: product.departmentEn,
    name: product.nameEn,
    brand: product.brandEn,
    size: product.sizeText,
  });
  const free = loose[product.motif];
  if (free) return present(product.motif, free, p);
  const pack = packed[product.motif] ?? packs.box;
  return svg`${shadow(50)}${pack(p)}`;
}
