// Whether a visitor who is about to leave is given a coupon: by what it changes, not by how likely
// the purchase is. One pure function; the panel "What the shop sees" shows its arithmetic.
//
// Of every hundred visits like this one, p would buy without a coupon. A coupon worth c persuades a
// share r of the others, so p' = p + (1 - p) r buy with it; but all of p' use it, those too that
// would have bought anyway. With the basket's margin m the coupon gains the shop
//
//   (p' - p) m  -  p' c        what it changes, less what it costs
//
// and is offered when that is above 0. A sure buyer has nothing left to be changed: the first term
// goes to 0 and only the cost stays.
//
// Assumed, not measured: the margin, and r. r grows with the coupon's part of the basket up to
// `kFullDepth`, and with how much prices matter to this visitor; a shop that has handed out coupons
// at random can measure r on its own customers and put its own figures here.

/** The shop's margin on what it sells, as a share of the price. */
export const kMargin = 0.3;

/** From this probability of leaving on, a visitor counts as about to leave. */
export const kLeaving = 0.5;

/** A basket of this value, in the shop's currency, is full enough that losing it would hurt. */
export const kFullBasket = 15;

/** The share of hesitant visitors whom a coupon of full depth persuades, prices mattering as usual. */
export const kPersuaded = 0.25;

/** The part of the basket that a coupon takes off at which it persuades as much as it can. */
export const kFullDepth = 0.1;

/** A coupon for something that is not in the basket yet persuades this much of one for what is. */
export const kForAnother = 0.5;

/** How far a visitor's price sensitivity can move r: from half the usual to one and a half. */
export const kSensitivityRange: readonly [number, number] = [0.5, 1.5];

/** A coupon that could be given: one that the basket has not earned by itself. */
export interface Candidate {
  readonly id: string;
  /** What it takes off, in the shop's currency. */
  readonly saving: number;
  /** Whether a product that it is for lies in the basket. */
  readonly inBasket: boolean;
}

/** What is known at this moment. Probabilities in [0, 1]. */
export interface Situation {
  /** Value of the basket after the coupons it has earned, in the shop's currency. */
  readonly basket: number;
  /** That this visit ends in a purchase, without another coupon. */
  readonly purchase: number;
  /** That the visitor is about to leave. */
  readonly leave: number;
  /** How much prices matter to the visitor, and to the shop's visitors on average. */
  readonly sensitivity: number;
  readonly usualSensitivity: number;
  readonly candidates: readonly Candidate[];
}

/** The sum behind a decision; amounts in the shop's currency, for one visit. */
export interface Arithmetic {
  readonly coupon: string;
  readonly saving: number;
  /** Probability of a purchase without and with the coupon. */
  readonly without: number;
  readonly withCoupon: number;
  /** Of the basket. */
  readonly margin: number;
  /** (withCoupon - without) * margin. */
  readonly changes: number;
  /** withCoupon * saving. */
  readonly costs: number;
  /** changes - costs. */
  readonly gain: number;
}

export type Verdict =
  /** Give the coupon of `arithmetic`. */
  | 'offer'
  /** The basket is below `kFullBasket`. */
  | 'small-basket'
  /** The visitor is not about to leave. */
  | 'staying'
  /** No coupon fits. */
  | 'no-coupon'
  /** The visitor is likely to buy anyway: for a doubtful one the same coupon would be worth it. */
  | 'likely-anyway'
  /** The coupon costs more than it could change, whoever gets it. */
  | 'too-dear';

export interface Decision {
  readonly verdict: Verdict;
  /** Of the coupon with the largest gain, also while nothing is decided yet; null without a coupon. */
  readonly arithmetic: Arithmetic | null;
}

const clamp = (x: number, least: number, most: number) => Math.min(most, Math.max(least, x));

/** The sum for one coupon, were the probability of a purchase `without`. */
export function arithmeticOf(
  { id, saving, inBasket }: Candidate,
  situation: Situation,
  without: number = situation.purchase,
): Arithmetic {
  const { basket, sensitivity, usualSensitivity } = situation;
  const depth = basket > 0 ? clamp(saving / basket / kFullDepth, 0, 1) : 0;
  const [least, most] = kSensitivityRange;
  const matters = usualSensitivity > 0 ? clamp(sensitivity / usualSensitivity, least, most) : 1;
  const persuaded = clamp(kPersuaded * depth * matters * (inBasket ? 1 : kForAnother), 0, 1);
  const withCoupon = without + (1 - without) * persuaded;
  const margin = kMargin * basket;
  const changes = (withCoupon - without) * margin;
  const costs = withCoupon * saving;
  return { coupon: id, saving, without, withCoupon, margin, changes, costs, gain: changes - costs };
}

/** Decides. Of several coupons the one with the largest gain; of equal ones the first. */
export function decide(situation: Situation): Decision {
  let best: Candidate | null = null;
  let arithmetic: Arithmetic | null = null;
  for (const candidate of situation.candidates) {
    const sum = arithmeticOf(candidate, situation);
    if (arithmetic !== null && sum.gain <= arithmetic.gain) continue;
    best = candidate;
    arithmetic = sum;
  }
  const verdict = ((): Verdict => {
    if (situation.basket < kFullBasket) return 'small-basket';
    if (best === null || arithmetic === null) return 'no-coupon';
    if (situation.leave < kLeaving) return 'staying';
    if (arithmetic.gain > 0) return 'offer';
    return arithmeticOf(best, situation, 0).gain > 0 ? 'likely-anyway' : 'too-dear';
  })();
  return { verdict, arithmetic };
}
