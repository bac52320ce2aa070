// Colours of the drawn packs. Muted on purpose: the shop's green and amber are the only loud colours
// on a page, so a shelf of packs must stay behind the price and the button.

const inks = {
  tomato: '#c4573f',
  brick: '#9f463b',
  terracotta: '#cd7d54',
  amber: '#d9a047',
  mustard: '#bd9136',
  butter: '#ead08a',
  cream: '#f1e6cd',
  olive: '#86884a',
  leaf: '#749c5a',
  forest: '#44704f',
  sage: '#a6bc97',
  teal: '#4d8986',
  sky: '#8ab6cd',
  blue: '#517ea6',
  navy: '#38526f',
  plum: '#784d6c',
  berry: '#a44c6b',
  rose: '#d597a0',
  cocoa: '#765340',
  kraft: '#c8a97d',
  slate: '#6a7580',
  stone: '#c6c1b5',
} as const;

type Ink = keyof typeof inks;

interface Family {
  hue: number; // of the card's backdrop, degrees
  inks: readonly Ink[];
}

// One family per department, by the first word of its English name.
const families: Readonly<Record<string, Family>> = {
  produce: { hue: 92, inks: ['leaf', 'forest', 'sage', 'amber', 'tomato', 'kraft'] },
  bakery: { hue: 36, inks: ['kraft', 'amber', 'terracotta', 'cocoa', 'butter', 'brick'] },
  dairy: { hue: 205, inks: ['sky', 'blue', 'butter', 'teal', 'cream', 'leaf', 'tomato'] },
  meat: { hue: 10, inks: ['brick', 'tomato', 'kraft', 'slate', 'cocoa'] },
  seafood: { hue: 188, inks: ['teal', 'sky', 'navy', 'blue', 'butter'] },
  deli: { hue: 26, inks: ['terracotta', 'mustard', 'brick', 'olive', 'kraft'] },
  frozen: { hue: 214, inks: ['blue', 'navy', 'sky', 'teal', 'plum', 'brick', 'forest'] },
  breakfast: { hue: 46, inks: ['amber', 'terracotta', 'leaf', 'berry', 'blue', 'tomato'] },
  pantry: {
    hue: 34,
    inks: ['tomato', 'olive', 'mustard', 'forest', 'brick', 'navy', 'terracotta'],
  },
  snacks: { hue: 338, inks: ['tomato', 'amber', 'plum', 'navy', 'cocoa', 'teal', 'leaf'] },
  drinks: { hue: 172, inks: ['tomato', 'teal', 'leaf', 'amber', 'plum', 'navy', 'terracotta'] },
  household: { hue: 196, inks: ['teal', 'sky', 'leaf', 'plum', 'blue', 'amber'] },
  health: { hue: 296, inks: ['rose', 'teal', 'sky', 'plum', 'sage', 'navy'] },
  baby: { hue: 350, inks: ['sky', 'rose', 'butter', 'sage', 'teal'] },
  pet: { hue: 28, inks: ['cocoa', 'terracotta', 'navy', 'forest', 'mustard', 'plum'] },
  flowers: { hue: 322, inks: ['rose', 'berry', 'plum', 'sage', 'amber'] },
};

const spare = Object.values(families);

/** The family of a department, by its English name; an unknown name always gets the same one. */
export function family(department: string): Family {
  const word = department.toLowerCase().match(/[a-z]+/)?.[0] ?? '';
  return families[word] ?? (spare[hash(department) % spare.length] as Family);
}

/** FNV-1a over UTF-16 units, 32 bits, unsigned. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  // FNV's low bits follow the last character too closely for `% 5`: stir once more.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** `a` moved towards `b` by `t` (0..1); both `#rrggbb`. */
export function mix(a: string, b: string, t: number): string {
  let out = '#';
  for (let i = 1; i < 7; i += 2) {
    const from = Number.parseInt(a.slice(i, i + 2), 16);
    const to = Number.parseInt(b.slice(i, i + 2), 16);
    out += Math.round(from + (to - from) * t)
      .toString(16)
      .padStart(2, '0');
  }
  return out;
}

function luminance(colour: string): number {
  const channel = (i: number) => {
    const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** What one product is painted with. */
export interface Paint {
  main: string; // the pack
  deep: string;
  pale: string;
  ink: string; // text straight on the pack
  accent: string; // cap, stripe
  paper: string; // the label
  paperInk: string;
  brand: string;
  size: string;
  name: string; // English, to choose what is drawn on a plain pack
  /** A number in [0, n), fixed for this product and `salt`. */
  pick(n: number, salt: number): number;
}

const night = '#26221c';
const white = '#fffdf8';

export function paintFor(product: {
  id: string;
  department: string;
  name: string;
  brand: string;
  size: string;
}): Paint {
  const { inks: choice } = family(product.department);
  // The brand decides the colour most of the time, as it does on a real shelf; the product varies it.
  const own = hash(product.id);
  const house = hash(`${product.brand}/${product.department}`);
  const seed = own % 3 === 0 ? own >>> 4 : house;
  const main = inks[choice[seed % choice.length] as Ink];
  const second = inks[choice[(seed + 1 + (own % (choice.length - 1))) % choice.length] as Ink];
  const shifted = mix(main, own % 2 ? '#ffffff' : '#000000', ((own >>> 8) % 10) / 100);
  const light = luminance(shifted) > 0.42;
  const paper = mix(white, second, (own >>> 5) % 4 === 0 ? 0.28 : 0.06);
  return {
    main: shifted,
    deep: mix(shifted, night, 0.24),
    pale: mix(shifted, white, 0.55),
    ink: light ? night : white,
    accent: second,
    paper,
    paperInk: mix(mix(main, night, 0.62), night, luminance(main) > 0.4 ? 0.5 : 0.1),
    brand: product.brand,
    size: product.size,
    name: product.name,
    pick: (n, salt) => hash(`${product.id}:${salt}`) % n,
  };
}
