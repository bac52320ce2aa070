// Reasons in words.

import type { Reason } from 'storewise';
import { app, nameOf, type Placed } from '../state/app.js';

/** One reason as a sentence. `context` is the product whose page it is, if any. */
export function reasonText(reason: Reason, context = ''): string {
  const { t } = app;
  if (reason.text) return reason.text;
  const item = reason.item === null ? undefined : app.goods?.get(reason.item);
  const name = item === undefined ? '' : nameOf(item);
  switch (reason.kind) {
    case 'viewed':
      return reason.item === context ? t.reasonWith(name) : t.reasonViewed(name);
    case 'in-basket':
      return t.reasonBasket(name);
    case 'bought':
      return t.reasonBought(name);
    case 'similar':
      return t.reasonSimilar(name);
    case 'popular':
      return t.reasonPopular;
    default:
      return t.reasonRule;
  }
}

/** The heading of a shelf made for this visit, or '' when the visit had no part in it. */
export function headline(shelf: readonly Placed[]): string {
  const { t } = app;
  const parts = new Map<string, { kind: Reason['kind']; item: string; share: number }>();
  let all = 0;
  for (const { reasons } of shelf) {
    for (const { kind, item, share } of reasons) {
      all += share;
      if (item === null || !(kind === 'viewed' || kind === 'in-basket' || kind === 'bought'))
        continue;
      const key = `${kind} ${item}`;
      const part = parts.get(key) ?? { kind, item, share: 0 };
      part.share += share;
      parts.set(key, part);
    }
  }
  const ranked = [...parts.values()].sort((a, b) => b.share - a.share);
  const [first] = ranked;
  if (first === undefined || all === 0) return '';
  const second = ranked.find(
    (one) => one !== first && one.kind === first.kind && one.share > first.share / 3,
  );
  const name = (id: string) => {
    const item = app.goods?.get(id);
    return item === undefined ? id : nameOf(item);
  };
  const names =
    second === undefined ? name(first.item) : t.and(name(first.item), name(second.item));
  if (first.kind === 'in-basket') return t.becauseBasket(names);
  return first.kind === 'bought' ? t.becauseBought(names) : t.becauseViewed(names);
}
