// A shop's customers out of its orders: asks the trainer for segments and models, with the products'
// categories where the product list has them. Plain figures out; knows no customer's name.
import type { Catalogue } from './catalogue.js';
import type { Orders } from './orders.js';
import type { Progress } from './terminal.js';
import { type TrainedModel, trainInWorker } from './training.js';

export type SegmentName =
  | 'champions'
  | 'loyal'
  | 'returning'
  | 'new'
  | 'at-risk'
  | 'sleeping'
  | 'one-time';

/** What there is too little of. */
export type MissingData =
  | 'no-dates'
  | 'no-customers'
  | 'few-customers'
  | 'short-period'
  | 'few-returns'
  | 'few-lost';

export interface SegmentReport {
  segment: SegmentName;
  customers: number;
  /** Days with an order. */
  purchases: number;
  /** Spent in all. */
  value: number;
  /** Days since the last order. */
  median_recency: number;
  /** Mean probability of no order in the next `churn_days`; absent without a model. */
  churn_risk?: number | null;
  /** What they are expected to spend in the next `window` days. */
  expected_value?: number;
}

/** A figure of the test with what it may be off by: 95 in 100 resamples lie between. */
export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface ChurnFigures {
  accuracy: Figure;
  auc: Figure;
  log_loss: Figure;
  brier: Figure;
  /** How many of the tested did not come back. */
  churned: number;
  calibration_error: number;
  calibration: { customers: number; claimed: number; true: number }[];
  baselines: {
    own_frequency: { auc: number | null };
    recency: { auc: number | null };
    majority: { accuracy: number; log_loss: number; brier: number };
  };
}

export interface WaitFigures {
  /** How often of two customers the one said to come first does. */
  concordance: number | null;
  /** Days, of those who came back. */
  mae: number | null;
  returned: number;
  baselines: {
    own_frequency: { concordance: number | null };
    own_gap: { mae: number | null };
    usual_gap: { mae: number | null };
  };
}

interface ValueBaseline {
  r2: number | null;
  mae: number;
  rmse: number;
  predicted_total: number;
}

export interface ValueFigures {
  r2: Figure;
  mae: Figure;
  rmse: Figure;
  total: number;
  predicted_total: number;
  baselines: { last_period: ValueBaseline; mean: ValueBaseline };
  /** Means of tenths of the customers, those said to be most valuable first. */
  tenths: { claimed: number; true: number }[];
}

interface Hits {
  hit_1: number;
  hit_3: number;
}

export interface CategoryFigures extends Hits {
  asked: number;
  baselines: { own_most_frequent: Hits; most_popular: Hits };
}

export interface CustomerMetrics {
  /** Customers of the test. */
  customers: number;
  training_cutoffs: number;
  training_rows: number;
  churn: ChurnFigures | null;
  wait: WaitFigures | null;
  value: ValueFigures | null;
  category: CategoryFigures | null;
}

export interface CustomerEntry {
  customer: number;
  churn_risk: number;
  expected_value: number;
  /** Until the next order, if there is one. */
  days: number;
}

/** What the trainer says of the customers (wasm/train.h). */
export interface CustomersReport {
  customers: number;
  came_again: number;
  orders: number;
  guest_orders: number;
  purchases: number;
  days: number;
  rhythm: { gaps: number; median_gap: number; usual_longest: number };
  missing: MissingData | null;
  levels: number | null;
  churn_days: number | null;
  segments: SegmentReport[] | null;
  window: number | null;
  horizons: number[] | null;
  metrics: CustomerMetrics | null;
  /** Categories that are predicted. */
  categories: number;
  outlook: {
    expected_value: number;
    expected_returning: number;
    /** With `list` only. */
    customers?: CustomerEntry[];
  } | null;
  /** [customers] with `list` only; empty for customers without an order. */
  segment_of?: (SegmentName | '')[];
  bytes: number;
}

/** More values than this tell one product from the next rather than what kind it is. */
const kMostCategories = 400;

/** The field of the product list that says what kind of thing a product is. */
export function categoryField(catalogue: Catalogue): string | undefined {
  const kinds = [
    /categor|kategorie|catégorie|分类|类别|类目/i,
    /type|kind|sort/i,
    /depart|section/i,
  ];
  const fields = Object.entries(catalogue.document.fields)
    .filter(([, { values }]) => values.length >= 3 && values.length <= kMostCategories)
    .map(([name]) => name);
  for (const kind of kinds) {
    const found = fields.find((name) => kind.test(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Segments and models; the orders' arrays stay the caller's. The model is empty without enough data. */
export async function trainCustomers(
  orders: Orders,
  catalogue: Catalogue,
  options: { seed: number; list: boolean; licence?: string | undefined; data: object },
  progress: Progress,
): Promise<TrainedModel<CustomersReport>> {
  const { seed, list, licence, data } = options;
  const name = categoryField(catalogue);
  const field = name === undefined ? undefined : catalogue.document.fields[name];
  const { model, report } = await trainInWorker(
    {
      kind: 'customers',
      options: {
        dates: orders.calendar,
        seed,
        list,
        data,
        ...(licence === undefined ? {} : { licence }),
        ...(field === undefined
          ? {}
          : {
              category_names: field.values,
              categories: orders.items.map((item) => {
                const row = catalogue.rowOf.get(item);
                return row === undefined ? -1 : (field.index[row] as number);
              }),
            }),
      },
      customer: orders.order.map((order) => orders.customer[order] as number),
      order: orders.order.slice(),
      item: orders.item.slice(),
      quantity: orders.quantity.slice(),
      price: orders.price.slice(),
      time: orders.time.slice(),
    },
    progress,
  );
  return { model, report: report as CustomersReport };
}

/** A table of the customers for the owner, CSV: who is in which group, and what is expected of each. */
export function customersTable(orders: Orders, report: CustomersReport): string {
  const rows = ['customer_id,group,stay_away,next_value,next_order_days'];
  const entries = new Map(report.outlook?.customers?.map((entry) => [entry.customer, entry]));
  for (const [number, segment] of (report.segment_of ?? []).entries()) {
    if (segment === '') continue;
    const entry = entries.get(number);
    const figures =
      entry === undefined
        ? ['', '', '']
        : [
            entry.churn_risk.toFixed(3),
            entry.expected_value.toFixed(2),
            String(Math.round(entry.days)),
          ];
    rows.push([cell(orders.customers[number] ?? ''), segment, ...figures].join(','));
  }
  return `${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
