// What the page works out about a visit while the visitor shops, and what follows from it: one
// coupon, if it would change something. Off means that nothing here is computed.

import type { VisitPrediction } from 'storewise';
import {
  app,
  applied,
  basketItems,
  changed,
  grant,
  isWatching,
  offers,
  once,
  onVisit,
  worthOf,
} from './app.js';
import { type Candidate, type Decision, decide, kLeaving } from './decision.js';
import type { Shelf } from './goods.js';

export const kinds = [
  'purchase-intent',
  'leave-intent',
  'price-sensitivity',
  'category-affinity',
] as const;
export type Kind = (typeof kinds)[number];

/** From this share of a visit on, a category is a favourite that the front page follows. */
export const kFavourite = 0.4;

/** What is said of the visit now; null while predictions are off, or for what the shop has no model. */
export function predict(kind: Kind): VisitPrediction | null {
  const { engine } = app;
  if (engine.status !== 'ready' || !isWatching()) return null;
  try {
    return engine.visit.predict(kind);
  } catch (error) {
    // A shop's folder of an earlier build has no model of intents.
    if ((error as { code?: string }).code === 'unsupported') return null;
    throw error;
  }
}

/**
 * The shelf that the visit is mostly about, or null. Asked once for each page visit: a row that
 * comes and goes under the hand would be rude.
 */
export function favouriteShelf(): Shelf | null {
  return once('favourite', () => {
    const affinity = predict('category-affinity');
    if (affinity === null || affinity.probability < kFavourite) return null;
    if (!affinity.reasons.some(({ value }) => (value ?? 0) > 0)) return null;
    const shelves = app.goods?.departments.flatMap(({ parts }) => parts) ?? [];
    return shelves.find(({ names }) => names.en === affinity.value) ?? null;
  });
}

/**
 * What would be decided now; null while predictions are off or the shop has no model of intents.
 * Whoever has the predictions of this moment already gives them.
 */
export function decision(said: (kind: Kind) => VisitPrediction | null = predict): Decision | null {
  const purchase = said('purchase-intent');
  const leave = said('leave-intent');
  const price = said('price-sensitivity');
  if (purchase === null || leave === null || price === null) return null;
  const candidates = (offers(20) ?? [])
    .filter(({ status }) => status !== 'applies')
    .map(({ offer, saving }): Candidate => {
      const items = app.coupons.find(({ id }) => id === offer.id)?.items ?? offer.items;
      return { id: offer.id, saving, inBasket: items.some((id) => app.basket.has(id)) };
    });
  return decide({
    basket: Math.max(0, worthOf(basketItems()) - applied().saving),
    purchase: purchase.probability,
    leave: leave.probability,
    sensitivity: Number(price.value),
    usualSensitivity: price.base,
    candidates,
  });
}

function leaving(): void {
  if (app.settings.granted !== '') return;
  const { verdict, arithmetic } = decision() ?? { verdict: 'staying', arithmetic: null };
  if (verdict === 'offer' && arithmetic !== null) grant(arithmetic.coupon);
  changed();
}

/** Watches the visit for the moment of leaving, as long as the visitor lets it. */
export function watchLeaving(): void {
  let stop: (() => void) | null = null;
  onVisit((visit) => {
    stop?.();
    stop = null;
    if (visit === null) return;
    try {
      stop = visit.on('intent', { kind: 'leave-intent', above: kLeaving }, ({ above }) => {
        if (above) leaving();
      });
    } catch (error) {
      if ((error as { code?: string }).code !== 'unsupported') throw error;
    }
  });
}
