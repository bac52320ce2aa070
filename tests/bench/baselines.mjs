// The simple recommenders that storewise is measured against, on the same split and queries.

/** recall@k and MRR@k of ranked lists; a query is { known: [items], target }. */
export function evaluate(queries, recommend, k) {
  let hits = 0;
  let reciprocal = 0;
  for (const { known, target } of queries) {
    const rank = recommend(known, k).indexOf(target);
    if (rank >= 0) {
      hits += 1;
      reciprocal += 1 / (rank + 1);
    }
  }
  return { recall: hits / queries.length, mrr: reciprocal / queries.length };
}

/** The last item of each basket of two or more, given the others. */
export function lastItemQueries(baskets) {
  return baskets
    .filter((basket) => basket.items.length >= 2)
    .map(({ items }) => ({ known: items.slice(0, -1), target: items.at(-1) }));
}

function counts(baskets) {
  const result = new Map();
  for (const { items } of baskets) {
    for (const item of items) result.set(item, (result.get(item) ?? 0) + 1);
  }
  return result;
}

/** The items bought in most baskets, those in the basket left out. */
export function popularity(baskets) {
  const ranked = [...counts(baskets)].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return (known, k) => {
    const own = new Set(known);
    const list = [];
    for (const [item] of ranked) {
      if (!own.has(item)) list.push(item);
      if (list.length === k) break;
    }
    return list;
  };
}

/**
 * First-order co-occurrence: an item's score is the sum over the basket's items of the number of
 * training baskets with both, divided by `normalise(count of known, count of candidate)`.
 */
export function cooccurrence(baskets, normalise = () => 1) {
  const count = counts(baskets);
  const pairs = new Map();
  for (const { items } of baskets) {
    for (const a of items) {
      const row = pairs.get(a) ?? new Map();
      pairs.set(a, row);
      for (const b of items) if (a !== b) row.set(b, (row.get(b) ?? 0) + 1);
    }
  }
  return (known, k) => {
    const own = new Set(known);
    const scores = new Map();
    for (const a of known) {
      for (const [b, together] of pairs.get(a) ?? []) {
        if (own.has(b)) continue;
        const score = together / normalise(count.get(a), count.get(b));
        scores.set(b, (scores.get(b) ?? 0) + score);
      }
    }
    return [...scores]
      .sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1))
      .slice(0, k)
      .map(([item]) => item);
  };
}

export const cosine = (a, b) => Math.sqrt(a * b);
