// What the shop's model of customers says of a visitor who comes back, from the orders that this
// device remembers. Asked once, while the shop loads: later the page fetches nothing.

import { loadModel, type VisitEvent } from 'storewise';
import { type CustomerOutlook, type PastOrder, predictCustomer } from 'storewise/customers';
import type { Goods } from './goods.js';

/** Plain groups, for the panel. */
export type Group = 'first-order' | 'regular' | 'now-and-then' | 'drifting';

export interface Returning {
  readonly orders: number;
  readonly group: Group;
  readonly outlook: CustomerOutlook;
}

// What makes a regular, and from which risk of staying away on a customer drifts.
const kRegularOrders = 4;
const kDrifting = 0.5;

export function groupOf(orders: number, { churnRisk }: CustomerOutlook): Group {
  if (orders === 1) return 'first-order';
  if (churnRisk >= kDrifting) return 'drifting';
  return orders >= kRegularOrders ? 'regular' : 'now-and-then';
}

/** The orders among a visit's events; what was bought at one moment is one order. */
export function ordersOf(events: readonly VisitEvent[], goods: Goods): readonly PastOrder[] {
  const orders = new Map<number, PastOrder['items'][number][]>();
  for (const event of events) {
    if (event.type !== 'purchase') continue;
    const item = goods.get(event.item);
    if (item === undefined) continue;
    const items = orders.get(event.at) ?? [];
    items.push({
      id: item.id,
      quantity: event.quantity,
      price: item.price ?? 0,
      category: item.category?.names.en,
    });
    orders.set(event.at, items);
  }
  return [...orders].map(([time, items]) => ({ time, items }));
}

/** Null for somebody who has not bought here yet, and for a shop without such a model. */
export async function lookBack(
  file: URL | null,
  events: readonly VisitEvent[],
  goods: Goods,
): Promise<Returning | null> {
  const orders = ordersOf(events, goods);
  if (file === null || orders.length === 0) return null;
  const model = await loadModel(file);
  try {
    const outlook = await predictCustomer(model, orders);
    return { orders: orders.length, group: groupOf(orders.length, outlook), outlook };
  } finally {
    model.dispose();
  }
}
