// Package sizes: from the retailer's free text ("L    16 OZ", "10/6.75 OZ", "12 PK/12 OZ", "14 1/2 OZ") to one form
// for people ("16 oz", "10 × 6.75 oz"), in English and in Chinese. Knows nothing about products.

const UNITS = {
  OZ: 'oz',
  OZS: 'oz',
  O: 'oz',
  LB: 'lb',
  LBS: 'lb',
  GA: 'gal',
  GAL: 'gal',
  QT: 'qt',
  PT: 'pt',
  L: 'l',
  ML: 'ml',
  CT: 'ct',
  PC: 'ct',
  PK: 'pack',
  DZ: 'dozen',
  DOZ: 'dozen',
  FT: 'ft',
  LD: 'loads',
  LOAD: 'loads',
  LOADS: 'loads',
  STEM: 'stems',
};
const ZH = {
  oz: '盎司',
  'fl oz': '液量盎司',
  lb: '磅',
  gal: '加仑',
  qt: '夸脱',
  pt: '品脱',
  l: '升',
  ml: '毫升',
  ct: '件',
  pack: '件装',
  dozen: '打',
  ft: '英尺',
  'sq ft': '平方英尺',
  loads: '次用量',
  stems: '枝',
};
/** Sizes that say how a thing is sold rather than how big it is. */
export const WORDS = { each: '每个', loose: '散装', 'by weight': '称重' };

/** Bottled water and juice boxes are listed by their total; these totals are known packs. */
const TOTALS = {
  '405.6 oz': [24, 16.9, 'oz'],
  '192 oz': [24, 8, 'oz'],
  '101.4 oz': [6, 16.9, 'oz'],
  '67.5 oz': [10, 6.75, 'oz'],
  '144 oz': [12, 12, 'oz'],
  '160 oz': [8, 20, 'oz'],
};

const number = (text) => {
  const [, whole, top, bottom] = /^(?:(\d*\.?\d+)\s+)?(\d+)\/(\d+)$/.exec(text) ?? [];
  if (top) return Number(whole ?? 0) + Number(top) / Number(bottom);
  return Number(text);
};
const NUMBER = String.raw`(?:\d+\s+\d+\/\d+|\d+\/\d+|\d*\.?\d+)`;
const shown = (value) => String(Math.round(value * 100) / 100);

/**
 * @param {string | null} raw
 * @returns {{ count?: number, amount: number, unit: string } | null} null when the text says nothing usable
 */
export function parseSize(raw) {
  if (!raw) return null;
  let text = raw
    .trim()
    .toUpperCase()
    .replace(/^\(\d+\)\s*/, '')
    .replace(/^[LN]\s+(?=[\d.])/, '')
    .replace(/^\d{5,}\s+/, '')
    .replace(/\s+(BAG|CAN|PET|AEROS|LNNR|BTL|TUB)\.?$/, '')
    .replace(/OZS?\.$/, 'OZ')
    .trim();
  if (text === 'PT' || text === 'L' || text === 'GAL' || text === 'DZ') text = `1 ${text}`;
  for (const [pattern, read] of READINGS) {
    const match = pattern.exec(text);
    const size = match ? read(match) : undefined;
    if (size !== undefined) return size;
  }
  return null;
}

/** Ways to write a size, the first that matches and yields one wins; null: it says nothing. */
const READINGS = [
  // A × B unit: "10/6.75 OZ", "10-1 OZ", "2 - 7.5 OZ", but not the fractions 1/2, 1/4, 3/4
  [
    /^(?![13]\/[248] )(\d+)\s*[/-]\s*(\d*\.?\d+)\s+(OZ|LB|CT)$/,
    ([, count, amount, unit]) => pack(Number(count), Number(amount), UNITS[unit]),
  ],
  [
    /^(\d+)\s+(CT|PK)\s*\/\s*(\d*\.?\d+)\s*(OZ|O|L|GAL)?$/,
    ([, count, kind, amount, unit = 'OZ']) => counted(count, kind, amount, UNITS[unit]),
  ],
  [
    /^(\d*\.?\d+)\s+(OZ)\s*\/\s*(\d+)\s+(CT|PK)$/,
    ([, amount, unit, count, kind]) => counted(count, kind, amount, UNITS[unit]),
  ],
  [
    /^(\d+)\s+CT\s+(\d+)\s+PK$/,
    ([, amount, count]) => ({ count: Number(count), amount: Number(amount), unit: 'ct' }),
  ],
  [
    new RegExp(`^(${NUMBER})\\s+SQ FT$`),
    ([, amount]) => ({ amount: number(amount), unit: 'sq ft' }),
  ],
  [
    new RegExp(`^(${NUMBER})\\s+FL OZ$`),
    ([, amount]) => ({ amount: number(amount), unit: 'fl oz' }),
  ],
  [
    new RegExp(`^(${NUMBER})\\s+([A-Z]+)$`),
    ([, amount, unit]) => UNITS[unit] && plain(number(amount), UNITS[unit]),
  ],
];

/** "12 PK/12 OZ" is twelve of twelve ounces; "8 CT/10.4 OZ" is 10.4 ounces in all. */
function counted(count, kind, amount, unit) {
  if (unit === 'gal') return { amount: Number(count), unit: 'ct' };
  const each = kind === 'PK' && Number(amount) <= 20;
  return each ? pack(Number(count), Number(amount), unit) : { amount: Number(amount), unit };
}

function plain(amount, unit) {
  const total = TOTALS[`${shown(amount)} ${unit}`];
  if (total) return { count: total[0], amount: total[1], unit: total[2] };
  if (unit === 'ct' && amount === 1) return null; // one of it: says nothing
  if (unit === 'ml' && amount >= 1000) return { amount: amount / 1000, unit: 'l' };
  return { amount, unit };
}

function pack(count, amount, unit) {
  return count === 1 ? { amount, unit } : { count, amount, unit };
}

/** "16 oz", "12 × 12 oz", "12 ct"; the empty text for null. */
export function sizeEn(size) {
  if (!size) return '';
  const unit = size.unit === 'l' ? 'L' : size.unit === 'pack' ? 'pack' : size.unit;
  const one = `${shown(size.amount)} ${unit}`;
  return size.count ? `${size.count} × ${one}` : one;
}

/** The same in Chinese, without spaces: "16盎司", "12×12盎司", "12个装". */
export function sizeZh(size, counter = '个') {
  if (!size) return '';
  const unit = size.unit === 'ct' ? (size.count ? counter : `${counter}装`) : ZH[size.unit];
  const one =
    size.unit === 'dozen' ? `${size.amount * 12}${counter}装` : `${shown(size.amount)}${unit}`;
  return size.count ? `${size.count}×${one}` : one;
}
