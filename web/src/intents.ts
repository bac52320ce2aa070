// What `visit.predict` says, in words: English and Chinese. Loaded by pages that show it
// (storewise/intents); knows no engine and no visit, and writes plain text, which is the page's to
// escape.
import type { PredictionReason, VisitPrediction } from './visit.js';

/** What the reasons for an intent or for price sensitivity name: numbers of a visit. */
export type VisitFeature =
  | 'views'
  | 'product_pages'
  | 'account_pages'
  | 'information_pages'
  | 'pages'
  | 'products'
  | 'repeat_views'
  | 'adds'
  | 'removes'
  | 'purchases'
  | 'product_seconds'
  | 'account_seconds'
  | 'information_seconds'
  | 'seconds'
  | 'mean_dwell'
  | 'last_dwell'
  | 'idle_seconds'
  | 'basket_pieces'
  | 'basket_value'
  | 'relative_price'
  | 'discounted_share'
  | 'hour'
  | 'weekday'
  | 'month'
  | 'weekend'
  | 'returning';

/** How words are put. */
export interface WordsOptions {
  /** English by default. */
  readonly language?: 'en' | 'zh' | undefined;
  /** The shop's currency ('EUR'), for what lies in the basket. Without: the number alone. */
  readonly currency?: string | undefined;
  /** How the page calls a category, by its id. The id itself by default. */
  readonly category?: ((id: string) => string) | undefined;
}

type Say = (value: number, currency: string | undefined) => string;

interface Words {
  readonly locale: string;
  /** By feature what the visitor did, and of those whose value can be null, then. */
  readonly features: { readonly [feature in VisitFeature]: Say };
  readonly unknown: { readonly [feature in VisitFeature]?: string };
  /** By kind: what a reason above 0 does, and one below. */
  readonly effects: {
    readonly [kind in 'purchase-intent' | 'leave-intent' | 'price-sensitivity']: readonly [
      string,
      string,
    ];
  };
  readonly reason: (did: string, effect: string) => string;
  readonly share: (category: string, share: string) => string;
  readonly purchase: (probability: string, usual: string) => string;
  readonly leave: (probability: string) => string;
  readonly price: (value: string, usual: string) => string;
  readonly affinity: (categories: string) => string;
  readonly noCategory: string;
  readonly speaksFor: string;
  readonly speaksAgainst: string;
  readonly and: string;
  readonly apart: string;
  readonly end: string;
}

const number = (value: number, locale: string) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);

const percent = (value: number, locale: string) =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(value);

const money = (value: number, currency: string | undefined, locale: string) =>
  new Intl.NumberFormat(
    locale,
    currency === undefined
      ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : { style: 'currency', currency },
  ).format(value);

// 5 January 1970 was a Monday; months count from 1.
const weekday = (day: number, locale: string) =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(
    (4 + day) * 86_400_000,
  );
const month = (value: number, locale: string) =>
  new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(1970, value - 1, 15),
  );

/** Seconds below two minutes, minutes above. */
const time = (seconds: number, one: string, second: string, minute: string, locale: string) => {
  const [value, unit] = seconds < 119.5 ? [seconds, second] : [seconds / 60, minute];
  const rounded = Math.round(value);
  return rounded === 1 && unit === second ? one : `${number(rounded, locale)}${unit}`;
};

const enTime = (seconds: number) => time(seconds, '1 second', ' seconds', ' minutes', 'en');
const zhTime = (seconds: number) => time(seconds, '1 秒', ' 秒', ' 分钟', 'zh');
const count = (value: number, one: string, many: string) =>
  value === 0 ? `no ${many}` : `${number(value, 'en')} ${value === 1 ? one : many}`;
const times = (value: number) =>
  value === 1 ? 'once' : value === 2 ? 'twice' : `${number(value, 'en')} times`;
const enPages =
  (verb: string, kind: string): Say =>
  (value) =>
    `${verb} ${count(value, `${kind} page`, `${kind} pages`)}`;
const zhPages =
  (kind: string): Say =>
  (value) =>
    value === 0 ? `没有看过${kind}` : `看过 ${number(value, 'zh')} 个${kind}`;
/** "put something into the basket twice", or the other sentence for none. */
const enTimes =
  (did: string, never: string): Say =>
  (value) =>
    value === 0 ? never : `${did} ${times(value)}`;
const zhTimes =
  (did: string, never: string): Say =>
  (value) =>
    value === 0 ? never : `${did} ${number(value, 'zh')} 次`;

const en: Words = {
  locale: 'en',
  features: {
    views: enTimes('looked at single products', 'looked at no single product'),
    product_pages: enPages('looked at', 'product'),
    account_pages: enPages('opened', 'account'),
    information_pages: enPages('opened', 'information'),
    pages: (value) => `opened ${count(value, 'page', 'pages')} in all`,
    products: (value) => `looked at ${count(value, 'product', 'different products')}`,
    repeat_views: enTimes('came back to a product', 'came back to no product'),
    adds: enTimes('put something into the basket', 'put nothing into the basket'),
    removes: enTimes('took something out of the basket', 'took nothing out of the basket'),
    purchases: enTimes('bought', 'bought nothing so far'),
    product_seconds: (value) => `spent ${enTime(value)} on product pages`,
    account_seconds: (value) => `spent ${enTime(value)} on account pages`,
    information_seconds: (value) => `spent ${enTime(value)} on information pages`,
    seconds: (value) => `has been here for ${enTime(value)}`,
    mean_dwell: (value) => `stays ${enTime(value)} on a page on average`,
    last_dwell: (value) => `stayed ${enTime(value)} on the page before`,
    idle_seconds: (value) => `has done nothing for ${enTime(value)}`,
    basket_pieces: (value) => `has ${count(value, 'piece', 'pieces')} in the basket`,
    basket_value: (value, currency) => `has ${money(value, currency, 'en')} worth in the basket`,
    relative_price: (value) =>
      `looks at products dearer than ${percent(value, 'en')} of their category`,
    discounted_share: (value) => `${percent(value, 'en')} of what was looked at is on offer`,
    hour: (value) => `is here between ${value}:00 and ${value}:59`,
    weekday: (value) => `is here on a ${weekday(value, 'en')}`,
    month: (value) => `is here in ${month(value, 'en')}`,
    weekend: (value) => (value > 0 ? 'is here at a weekend' : 'is here on a working day'),
    returning: (value) => (value > 0 ? 'was here before' : 'was not here before'),
  },
  unknown: {
    mean_dwell: 'has left no page yet',
    last_dwell: 'has left no page yet',
    relative_price: 'has looked at no price yet',
    discounted_share: 'has looked at nothing that could be on offer',
    hour: 'is here at an hour that is not known',
    weekday: 'is here on a day that is not known',
    month: 'is here in a month that is not known',
    weekend: 'is here on a day that is not known',
    returning: 'is not known from an earlier visit',
  },
  effects: {
    'purchase-intent': ['speaks for buying', 'speaks against buying'],
    'leave-intent': ['speaks for leaving', 'speaks against leaving'],
    'price-sensitivity': ['speaks for minding the price', 'speaks against minding the price'],
  },
  reason: (did, effect) => `${did}: ${effect}`,
  share: (category, share) => `${category}: ${share} of the interest`,
  purchase: (probability, usual) =>
    `${probability} likely to buy in this visit (a mean visit: ${usual})`,
  leave: (probability) => `${probability} likely to leave now`,
  price: (value, usual) => `minds the price to ${value} (the shop’s mean: ${usual})`,
  affinity: (categories) => `most interested in ${categories}`,
  noCategory: 'interested in no category that is known',
  speaksFor: '; for it: ',
  speaksAgainst: '; against it: ',
  and: ', ',
  apart: ', ',
  end: '.',
};

const zh: Words = {
  locale: 'zh',
  features: {
    views: zhTimes('看过单个商品', '没有看过单个商品'),
    product_pages: zhPages('商品页面'),
    account_pages: zhPages('账户页面'),
    information_pages: zhPages('信息页面'),
    pages: (value) => `一共打开 ${number(value, 'zh')} 个页面`,
    products: (value) =>
      value === 0 ? '没有看过任何商品' : `看过 ${number(value, 'zh')} 种不同的商品`,
    repeat_views: zhTimes('回头再看商品', '没有回头再看商品'),
    adds: zhTimes('加入购物车', '没有加入购物车'),
    removes: zhTimes('从购物车移除', '没有从购物车移除商品'),
    purchases: zhTimes('购买', '还没有购买'),
    product_seconds: (value) => `在商品页面停留 ${zhTime(value)}`,
    account_seconds: (value) => `在账户页面停留 ${zhTime(value)}`,
    information_seconds: (value) => `在信息页面停留 ${zhTime(value)}`,
    seconds: (value) => `已经浏览 ${zhTime(value)}`,
    mean_dwell: (value) => `平均每页停留 ${zhTime(value)}`,
    last_dwell: (value) => `在上一页停留 ${zhTime(value)}`,
    idle_seconds: (value) => `已有 ${zhTime(value)}没有操作`,
    basket_pieces: (value) =>
      value === 0 ? '购物车是空的' : `购物车里有 ${number(value, 'zh')} 件商品`,
    basket_value: (value, currency) => `购物车金额为 ${money(value, currency, 'zh')}`,
    relative_price: (value) => `看的商品比同类 ${percent(value, 'zh')} 的商品贵`,
    discounted_share: (value) => `看过的商品中 ${percent(value, 'zh')} 在优惠中`,
    hour: (value) => `在 ${value} 点到 ${value + 1} 点之间来访`,
    weekday: (value) => `在${weekday(value, 'zh')}来访`,
    month: (value) => `在${month(value, 'zh')}来访`,
    weekend: (value) => (value > 0 ? '在周末来访' : '在工作日来访'),
    returning: (value) => (value > 0 ? '以前来过' : '以前没有来过'),
  },
  unknown: {
    mean_dwell: '还没有离开过任何页面',
    last_dwell: '还没有离开过任何页面',
    relative_price: '还没有看过有价格的商品',
    discounted_share: '还没有看过可能有优惠的商品',
    hour: '来访的钟点不明',
    weekday: '来访的日期不明',
    month: '来访的月份不明',
    weekend: '来访的日期不明',
    returning: '不知道以前是否来过',
  },
  effects: {
    'purchase-intent': ['更可能购买', '更不可能购买'],
    'leave-intent': ['更可能离开', '更不可能离开'],
    'price-sensitivity': ['更在意价格', '更不在意价格'],
  },
  reason: (did, effect) => `${did}：${effect}`,
  share: (category, share) => `${category}：占兴趣的 ${share}`,
  purchase: (probability, usual) => `本次访问购买的可能性为 ${probability}（平均访问：${usual}）`,
  leave: (probability) => `现在离开的可能性为 ${probability}`,
  price: (value, usual) => `在意价格的程度为 ${value}（本店平均：${usual}）`,
  affinity: (categories) => `最感兴趣的是${categories}`,
  noCategory: '没有已知的感兴趣类别',
  speaksFor: '；支持：',
  speaksAgainst: '；反对：',
  and: '，',
  apart: '、',
  end: '。',
};

const wordsOf = (language: string | undefined): Words => (language === 'zh' ? zh : en);

const nameOf = (id: string, options: WordsOptions) => options.category?.(id) ?? id;

// What the visitor did, without what that means.
function deed({ feature, value }: PredictionReason, options: WordsOptions): string {
  const words = wordsOf(options.language);
  const known = Object.hasOwn(words.features, feature) ? (feature as VisitFeature) : undefined;
  if (known === undefined) return feature;
  const unknown = value === null ? words.unknown[known] : undefined;
  return unknown ?? words.features[known](value ?? 0, options.currency);
}

/**
 * One reason of a prediction: "looked at 12 product pages: speaks for buying". Of category affinity
 * the category and its share: "Drinks: 57% of the interest".
 */
export function reasonText(
  prediction: VisitPrediction,
  reason: PredictionReason,
  options: WordsOptions = {},
): string {
  const words = wordsOf(options.language);
  const { kind } = prediction;
  if (kind === 'category-affinity') {
    return words.share(nameOf(reason.feature, options), percent(reason.contribution, words.locale));
  }
  const effect = words.effects[kind][reason.contribution >= 0 ? 0 : 1];
  return words.reason(deed(reason, options), effect);
}

/** A prediction in one sentence, with its three weightiest reasons. */
export function predictionText(prediction: VisitPrediction, options: WordsOptions = {}): string {
  const words = wordsOf(options.language);
  const share = (value: number) => percent(value, words.locale);
  const { kind, probability, base, value } = prediction;
  const reasons = prediction.reasons.slice(0, 3);
  const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1) + words.end;
  if (kind === 'category-affinity') {
    if (value === null) return sentence(words.noCategory);
    const list = reasons.map(
      ({ feature, contribution }) => `${nameOf(feature, options)} (${share(contribution)})`,
    );
    return sentence(words.affinity(list.join(words.apart)));
  }
  const said = {
    'purchase-intent': () => words.purchase(share(probability), share(1 / (1 + Math.exp(-base)))),
    'leave-intent': () => words.leave(share(probability)),
    'price-sensitivity': () => words.price(share(Number(value)), share(base)),
  }[kind]();
  const deeds = (wanted: boolean) =>
    reasons
      .filter(({ contribution }) => contribution >= 0 === wanted)
      .map((reason) => deed(reason, options))
      .join(words.and);
  const [pro, contra] = [deeds(true), deeds(false)];
  return sentence(
    said +
      (pro === '' ? '' : words.speaksFor + pro) +
      (contra === '' ? '' : words.speaksAgainst + contra),
  );
}
