// The coupon decision by itself: it goes by what a coupon changes, not by how likely the purchase is.

import { expect, test } from '@playwright/test';
import {
  arithmeticOf,
  decide,
  kForAnother,
  kFullBasket,
  kLeaving,
  kMargin,
  kPersuaded,
  type Situation,
} from '../../web/demo/state/decision.js';

const coupon = { id: 'milk', saving: 1, inBasket: true };

const about = (changes: Partial<Situation> = {}): Situation => ({
  basket: 30,
  purchase: 0.2,
  leave: 0.9,
  sensitivity: 0.5,
  usualSensitivity: 0.5,
  candidates: [coupon],
  ...changes,
});

test('a doubtful visitor who leaves a full basket is offered the coupon, a sure one is not', () => {
  expect(decide(about()).verdict).toBe('offer');
  expect(decide(about({ purchase: 0.9 })).verdict).toBe('likely-anyway');
  expect(decide(about({ purchase: 1 })).verdict).toBe('likely-anyway');
  // The likelier the purchase, the less a coupon gains: never the other way round.
  const gains = Array.from({ length: 21 }, (_, i) =>
    Number(decide(about({ purchase: i / 20 })).arithmetic?.gain),
  );
  for (let i = 1; i < gains.length; i++) expect(gains[i]).toBeLessThan(gains[i - 1] ?? 0);
});

test('the sum is the one that is documented', () => {
  const sum = arithmeticOf(coupon, about());
  const persuaded = kPersuaded * (1 / 30 / 0.1);
  expect(sum.without).toBe(0.2);
  expect(sum.withCoupon).toBeCloseTo(0.2 + 0.8 * persuaded, 12);
  expect(sum.margin).toBeCloseTo(30 * kMargin, 12);
  expect(sum.changes).toBeCloseTo((sum.withCoupon - 0.2) * sum.margin, 12);
  expect(sum.costs).toBeCloseTo(sum.withCoupon * 1, 12);
  expect(sum.gain).toBeCloseTo(sum.changes - sum.costs, 12);
  // A sure buyer: nothing is changed, the whole coupon is the cost.
  const sure = arithmeticOf(coupon, about({ purchase: 1 }));
  expect(sure.changes).toBe(0);
  expect(sure.gain).toBe(-1);
});

test('nothing is decided for a small basket, for one who stays, or without a coupon', () => {
  expect(decide(about({ basket: kFullBasket - 0.01 })).verdict).toBe('small-basket');
  expect(decide(about({ basket: kFullBasket })).verdict).toBe('offer');
  const staying = decide(about({ leave: kLeaving - 0.01 }));
  expect(staying.verdict).toBe('staying');
  expect(staying.arithmetic?.coupon, 'what it would be is told').toBe('milk');
  expect(decide(about({ leave: kLeaving })).verdict).toBe('offer');
  expect(decide(about({ candidates: [] }))).toEqual({ verdict: 'no-coupon', arithmetic: null });
  expect(decide(about({ basket: 0, candidates: [] })).verdict).toBe('small-basket');
});

test('a coupon that costs more than it can change is offered to nobody', () => {
  // Far beyond the margin of the basket.
  const dear = { ...coupon, saving: 12 };
  for (const purchase of [0, 0.2, 0.9]) {
    expect(decide(about({ purchase, candidates: [dear] })).verdict).toBe('too-dear');
  }
});

test('of several coupons the one that gains most; prices and the basket weigh', () => {
  const other = { id: 'tea', saving: 1, inBasket: false };
  expect(decide(about({ candidates: [other, coupon] })).arithmetic?.coupon).toBe('milk');
  const [inside, outside] = [arithmeticOf(coupon, about()), arithmeticOf(other, about())];
  expect(outside.withCoupon - 0.2).toBeCloseTo(kForAnother * (inside.withCoupon - 0.2), 12);
  const twin = { ...coupon, id: 'twin' };
  expect(decide(about({ candidates: [coupon, twin] })).arithmetic?.coupon, 'the first').toBe(
    'milk',
  );
  const gain = (sensitivity: number) => arithmeticOf(coupon, about({ sensitivity })).gain;
  expect(gain(0.7)).toBeGreaterThan(gain(0.5));
  expect(gain(0.3)).toBeLessThan(gain(0.5));
  expect(gain(1), 'not beyond one and a half').toBe(gain(0.75));
  expect(gain(0), 'not below a half').toBe(gain(0.25));
  const unknown = arithmeticOf(coupon, about({ usualSensitivity: 0 }));
  expect(unknown.gain, 'without an average, as usual').toBe(gain(0.5));
});
