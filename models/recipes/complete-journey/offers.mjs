// Offers from the coupons people really redeemed. The coupon file names products but no discount; the discount is read
// off the till: a redemption (household, day, coupon) is joined with that household's order lines of that day that are
// of a coupon product and carry coupon_disc > 0. The campaigns ran in 2017 and are over, so `starts` and `ends` stay
// empty: a demo whose offers have all expired shows nothing.

import { localDay } from './local-time.mjs';
import { departments, shelves } from './shelves.mjs';

const MIN_OBSERVED = 3; // redemptions with a discount at the till; fewer say too little about the value
const MAX_PRODUCTS = 250; // storewide mailers: the till discount cannot be told from other coupons of the same basket
const MAX_OFFERS = 150;
const SHARE = 0.8; // "what the products have in common" holds for at least this share of them

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
const day = (date) => date.toISOString().slice(0, 10); // redemption dates are plain days
const push = (map, key, value) => (map.has(key) ? map.get(key).push(value) : map.set(key, [value]));

/**
 * @param items catalogue items as made by prepare.mjs, best seller first
 * @param tables transactions, coupons, coupon_redemptions
 * @returns {{ rows: unknown[][], notes: string[] }} rows of offers.csv, most redeemed first
 */
export function makeOffers(items, tables) {
  const bySku = new Map(items.map((item) => [item.product.product_id, item]));
  const products = new Map(); // coupon -> all its products, in or out of the catalogue
  for (const { coupon_upc, product_id } of tables.coupons) {
    if (!products.has(coupon_upc)) products.set(coupon_upc, new Set());
    products.get(coupon_upc).add(product_id);
  }
  const shoppers = new Set(
    tables.coupon_redemptions.map((r) => `${r.household_id} ${day(r.redemption_date)}`),
  );
  const lines = new Map();
  for (const line of tables.transactions) {
    const key = `${line.household_id} ${localDay(line.transaction_timestamp)}`;
    if (shoppers.has(key)) push(lines, key, line);
  }

  const observed = new Map(); // coupon -> [{ discount, quantity, spend }]
  let joined = 0;
  for (const { household_id, redemption_date, coupon_upc } of tables.coupon_redemptions) {
    const covered = products.get(coupon_upc);
    const bought = (lines.get(`${household_id} ${day(redemption_date)}`) ?? []).filter((line) =>
      covered?.has(line.product_id),
    );
    const discounted = bought.filter((line) => line.coupon_disc > 0);
    if (discounted.length === 0) continue;
    joined++;
    push(observed, coupon_upc, {
      discount: Math.max(...discounted.map((line) => line.coupon_disc)), // several lines are several coupons
      quantity: discounted.reduce((sum, line) => sum + Number(line.quantity), 0),
      spend: bought.reduce((sum, line) => sum + line.sales_value, 0),
    });
  }

  // Coupons of one product set are one offer.
  const sets = new Map();
  let wide = 0;
  let none = 0;
  for (const [coupon, seen] of observed) {
    const set = [...products.get(coupon)].filter((sku) => bySku.has(sku));
    if (set.length === 0) none++;
    else if (set.length > MAX_PRODUCTS) wide++;
    else {
      const key = set.map(String).sort().join('|');
      const offer = sets.get(key) ?? { coupons: [], set, seen: [] };
      offer.coupons.push(coupon);
      offer.seen.push(...seen);
      sets.set(key, offer);
    }
  }

  const titled = new Map();
  let few = 0;
  let free = 0;
  for (const { coupons, set, seen } of sets.values()) {
    if (seen.length < MIN_OBSERVED) {
      few++;
      continue;
    }
    const value = Math.round(median(seen.map((s) => s.discount)) * 20) / 20;
    const quantity = Math.floor(median(seen.map((s) => s.quantity)));
    const minQuantity = quantity > 1 ? Math.min(quantity, 5) : 0;
    // A wide choice is taken as "spend so much on any of these": what all but a tenth of the redeeming baskets spent.
    const spends = seen.map((s) => s.spend).sort((a, b) => a - b);
    const floor = Math.floor(spends[Math.floor(spends.length / 10)]);
    const minSpend =
      minQuantity === 0 && set.length >= 10 && floor >= 3 && floor > 2 * value ? floor : 0;
    // The till never pays out more than the goods cost.
    const skus = set
      .map((sku) => bySku.get(sku))
      .filter((item) => item.product.price * Math.max(1, minQuantity) > value);
    if (value < 0.05 || skus.length === 0) {
      free++;
      continue;
    }
    const offer = { value, minQuantity, minSpend, skus, coupons, count: seen.length };
    const [title, titleZh] = titles(offer);
    const same = titled.get(title);
    if (same) {
      same.skus = [...new Set([...same.skus, ...skus])];
      same.count += offer.count;
      same.coupons.push(...coupons);
    } else titled.set(title, { ...offer, title, titleZh });
  }

  const offers = [...titled.values()]
    .sort((a, b) => b.count - a.count || (a.title < b.title ? -1 : 1))
    .slice(0, MAX_OFFERS);
  const rank = new Map(items.map((item, index) => [item, index]));
  return {
    rows: offers.map((offer) => [
      `coupon-${offer.coupons.map(String).sort()[0]}`,
      offer.title,
      offer.titleZh,
      'amount',
      offer.value.toFixed(2),
      offer.minQuantity || '',
      offer.minSpend ? offer.minSpend.toFixed(2) : '',
      offer.skus
        .sort((a, b) => rank.get(a) - rank.get(b))
        .map((item) => item.product.product_id)
        .join('|'),
      '',
      '',
    ]),
    notes: [
      `${joined} of ${tables.coupon_redemptions.length} redemptions found at the till, of ${observed.size} coupons out of ${products.size}`,
      `left out: ${few} product sets seen fewer than ${MIN_OBSERVED} times, ${wide} coupons on more than ${MAX_PRODUCTS} products, ` +
        `${none} without a catalogue product, ${free} worth more than their goods`,
    ],
  };
}

/** "1.00 off Spoonwell yogurt when you buy 2", from what at least SHARE of the products have in common. */
function titles({ value, minQuantity, minSpend, skus }) {
  const share = (key) => {
    const counts = new Map();
    for (const item of skus) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1));
  };
  const enough = (...entries) =>
    entries.reduce((sum, entry) => sum + entry[1], 0) >= SHARE * skus.length;
  const brands = share((item) => item.brand);
  const kinds = share((item) => item.shelf);
  const patterns = share((item) => `${item.en}|${item.zh}`);
  const halls = share((item) => shelves[item.shelf][0]);

  let goods;
  const kind = (shelf) => NOUNS[shelf] ?? [small(shelves[shelf][1]), shelves[shelf][2]];
  if (skus.length === 1) goods = [skus[0].inSentence, skus[0].nameZh];
  else if (enough(patterns[0]) && noun(patterns[0][0])) goods = noun(patterns[0][0]);
  else if (enough(kinds[0])) goods = kind(kinds[0][0]);
  else if (kinds.length > 1 && enough(kinds[0], kinds[1])) {
    const [one, two] = [kind(kinds[0][0]), kind(kinds[1][0])];
    goods = [`${one[0]} or ${two[0]}`, `${one[1]}或${two[1]}`];
  } else if (enough(halls[0]))
    goods = [
      `${small(departments[halls[0][0]][0])} favourites`,
      `精选${departments[halls[0][0]][1]}`,
    ];
  else goods = ['favourites', '精选商品'];

  const brand = enough(brands[0]) ? brands[0][0] : '';
  const condition = minQuantity
    ? ` when you buy ${minQuantity}`
    : minSpend
      ? ` when you spend $${minSpend.toFixed(2)}`
      : '';
  const conditionZh = minQuantity
    ? `，满${minQuantity}件可用`
    : minSpend
      ? `，满${minSpend.toFixed(2)}美元可用`
      : '';
  return [
    `${value.toFixed(2)} off ${brand ? `${brand} ` : ''}${goods[0]}${condition}`,
    `${brand ? `${brand} ` : ''}${goods[1]}立减${value.toFixed(2)}${conditionZh}`,
  ];
}

/** What a shelf's goods are called in a sentence, where the shelf's own name is a list. */
const NOUNS = {
  sodacans: ['canned soft drinks', '罐装汽水'],
  soda2l: ['bottled soft drinks', '瓶装汽水'],
  frozenveg: ['frozen vegetables', '冷冻蔬菜'],
  frozenbread: ['garlic bread', '蒜香面包'],
  frozenmeals: ['frozen dinners', '冷冻正餐'],
  frozenlight: ['light frozen meals', '轻食冷冻餐'],
  frozensnacks: ['frozen snacks', '冷冻小食'],
  frozenpotato: ['frozen potatoes', '冷冻薯条'],
  frozenmeat: ['frozen chicken', '冷冻鸡肉'],
  frozenpizza: ['frozen pizza', '冷冻披萨'],
  babyfood: ['baby food', '婴儿食品'],
  care: ['personal care', '个人护理用品'],
  papertowels: ['paper towels and tissues', '厨房纸和纸巾'],
  tableware: ['plates and cups', '一次性餐具'],
  pretzels: ['pretzels and popcorn', '椒盐卷饼和爆米花'],
  lettuce: ['salads', '沙拉菜'],
  dressings: ['mayonnaise and dressings', '蛋黄酱和沙拉酱'],
  butter: ['butter and margarine', '黄油和人造黄油'],
  shredded: ['shredded cheese', '奶酪丝'],
  blockcheese: ['block cheese', '块状奶酪'],
  cannedmeals: ['canned meals', '即食罐头'],
  cannedfruit: ['canned fruit', '水果罐头'],
  rice: ['rice and side dishes', '米饭和配菜'],
  spreads: ['peanut butter and jam', '花生酱和果酱'],
  coffee: ['coffee and tea', '咖啡和茶'],
  bagels: ['bagels and muffins', '贝果和松饼'],
  oatmeal: ['hot cereal', '热谷物'],
};

/** "{v} pasta sauce|{v}意面酱" is about pasta sauce; a pattern with more around the word names nothing by itself. */
function noun(pattern) {
  const [, en, zh] = /^\{v\} ([^,{]+)\|\{v\}(.+)$/.exec(pattern) ?? [];
  return en && !['dinner', 'bread', 'dough', 'sauce', 'mix', 'card', 'cups'].includes(en)
    ? [en, zh]
    : null;
}

const small = (text) => text.charAt(0).toLowerCase() + text.slice(1);
