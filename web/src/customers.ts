// What a shop's customer model says of a returning visitor, from the orders that the visitor's own
// device remembers. Computes the model's inputs as the build did (src/train/customers.h); sends
// nothing anywhere, keeps nothing, and is loaded only by pages that ask (storewise/customers).
import { InputError, type Model } from './index.js';

/** One order as a page can remember it. */
export interface PastOrder {
  /** When it was placed: a Date, or milliseconds since 1970. */
  readonly time: Date | number;
  readonly items: readonly PastItem[];
}

export interface PastItem {
  readonly id: string;
  readonly quantity: number;
  /** Of one unit, in the shop's currency. */
  readonly price: number;
  /** As the shop's product list calls it; without, no category is predicted from it. */
  readonly category?: string | undefined;
}

/** What is to be expected of a visitor. */
export interface CustomerOutlook {
  /** Probabilities of an order within so many days, the shortest span first. */
  readonly returns: readonly { readonly days: number; readonly probability: number }[];
  /** Probability of no order within `churnDays`, the pause after which the shop calls it lost. */
  readonly churnRisk: number;
  readonly churnDays: number;
  /** Expected to be spent in the next `valueDays`. */
  readonly value: number;
  readonly valueDays: number;
  /** Categories by the probability that the next order has them; empty when the model knows none. */
  readonly categories: readonly { readonly name: string; readonly probability: number }[];
}

/** What the model's file says of itself. */
interface CustomerMetadata {
  readonly kind: 'customers';
  readonly features: readonly string[];
  readonly window: number;
  readonly churn_days: number;
  readonly horizons: readonly number[];
  readonly categories?: readonly string[];
}

interface Purchase {
  day: number;
  value: number;
  items: Set<string>;
  categories: Set<string>;
}

const kDay = 86_400_000;

/**
 * Asks a shop's `customers.onnx`, opened by `loadModel`. Throws InputError for another model, for no
 * order before `now`, and for orders whose times or amounts are no numbers.
 */
export async function predictCustomer(
  model: Model,
  orders: readonly PastOrder[],
  now: Date | number = Date.now(),
): Promise<CustomerOutlook> {
  const metadata = metadataOf(model);
  const { horizons, categories = [] } = metadata;
  const today = Math.floor(Number(now) / kDay);
  const purchases = purchasesOf(orders, today);
  const known = features(purchases, today, metadata.window);
  const visitor = Float32Array.from(metadata.features, (name) => known[name] ?? 0);
  const bought = Float32Array.from(
    categories,
    (name) => purchases.filter((purchase) => purchase.categories.has(name)).length,
  );
  const outputs = await model.run({
    visitor,
    ...(categories.length === 0 ? {} : { bought }),
  });
  const numbers = (name: string): number[] => Array.from(outputs[name]?.data ?? [], Number);
  const back = numbers('returns');
  const likely = numbers('category');
  return {
    returns: horizons.map((days, h) => ({ days, probability: back[h] ?? 0 })),
    churnRisk: 1 - (back[horizons.indexOf(metadata.churn_days)] ?? 0),
    churnDays: metadata.churn_days,
    value: numbers('value')[0] ?? 0,
    valueDays: metadata.window,
    categories: categories
      .map((name, k) => ({ name, probability: likely[k] ?? 0 }))
      .sort((a, b) => b.probability - a.probability),
  };
}

function metadataOf(model: Model): CustomerMetadata {
  const metadata = model.description.metadata as unknown as CustomerMetadata | null;
  if (metadata?.kind === 'customers') return metadata;
  throw new InputError('invalid-input', 'this is no model of customers', {
    expected: 'customers.onnx of a build',
    found: model.description.name,
  });
}

/** By day; what was ordered on one day is one purchase. */
function purchasesOf(orders: readonly PastOrder[], today: number): Purchase[] {
  const byDay = new Map<number, Purchase>();
  for (const [i, { time, items }] of orders.entries()) {
    const day = Math.floor(Number(time) / kDay);
    const value = items.reduce(
      (sum, { quantity, price }) => sum + quantity * Math.max(0, price),
      0,
    );
    if (!Number.isFinite(day) || !Number.isFinite(value)) {
      throw new InputError('invalid-input', 'an order has a time or an amount that is no number', {
        place: `orders[${i}]`,
        expected: 'numbers',
      });
    }
    if (day > today) continue;
    const purchase = byDay.get(day) ?? { day, value: 0, items: new Set(), categories: new Set() };
    purchase.value += value;
    for (const { id, category } of items) {
      purchase.items.add(id);
      if (category !== undefined) purchase.categories.add(category);
    }
    byDay.set(day, purchase);
  }
  if (byDay.size === 0) {
    throw new InputError('invalid-input', 'there is no order to go by', {
      place: 'orders',
      expected: 'an order of today or before',
      found: 'none',
    });
  }
  return [...byDay.values()].sort((a, b) => a.day - b.day);
}

function features(
  purchases: readonly Purchase[],
  today: number,
  window: number,
): Record<string, number> {
  const orders = purchases.length;
  const first = purchases[0] as Purchase;
  const last = purchases[orders - 1] as Purchase;
  const spent = purchases.reduce((sum, { value }) => sum + value, 0);
  const lately = purchases.filter(({ day }) => day >= today - window);
  const gap = orders < 2 ? 0 : (last.day - first.day) / (orders - 1);
  const squares = purchases
    .slice(1)
    .reduce((sum, { day }, i) => sum + (day - (purchases[i] as Purchase).day - gap) ** 2, 0);
  return {
    orders,
    recency: today - last.day,
    tenure: today - first.day,
    gap,
    gap_deviation: orders < 3 ? 0 : Math.sqrt(squares / (orders - 1)),
    spent,
    mean_basket: spent / orders,
    last_basket: last.value,
    spent_lately: lately.reduce((sum, { value }) => sum + value, 0),
    orders_lately: lately.length,
    orders_just_now: purchases.filter(({ day }) => day >= today - Math.floor((window + 2) / 3))
      .length,
    items: new Set(purchases.flatMap(({ items }) => [...items])).size,
    last_items: last.items.size,
  };
}
