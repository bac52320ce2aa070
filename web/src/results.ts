// What the shop tasks answer. These shapes never change with options: every field is always there.

/** Why something is recommended. */
export interface Reason {
  /**
   * 'viewed', 'in-basket', 'bought': because of that item in this visit; 'similar': alike in kind;
   * 'popular': sells well; 'rule': the shop wants it, `text` says why if the shop does.
   */
  readonly kind: 'viewed' | 'in-basket' | 'bought' | 'popular' | 'similar' | 'rule';
  /** The item that is the reason, or null. */
  readonly item: string | null;
  /** This reason's part of the score, in [0, 1]; the shares of one result sum to 1. */
  readonly share: number;
  /** The shop's own words (rules), or ''. */
  readonly text: string;
}

/** A recommended product. */
export interface Recommendation {
  readonly id: string;
  /** Larger is better; comparable within one answer only. */
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** An offer (coupon, deal) and how it stands to the basket. */
export interface OfferMatch {
  readonly offer: {
    readonly id: string;
    readonly title: string;
    /** `value` is an amount of the shop's currency, or a percentage. */
    readonly kind: 'amount' | 'percent';
    readonly value: number;
    /** Ids of products that it is for, 12 at most. */
    readonly items: readonly string[];
  };
  readonly score: number;
  /** The basket earns it now; the basket lacks `missing`; or it fits what the visitor likes. */
  readonly status: 'applies' | 'nearly' | 'suggested';
  /** What the basket still lacks: pieces, and an amount of the shop's currency. */
  readonly missing: { readonly quantity: number; readonly amount: number };
  /** What it takes off, in the shop's currency, once earned. */
  readonly saving: number;
  readonly reasons: readonly Reason[];
}

/** The basket. */
export interface Basket {
  readonly items: readonly {
    readonly id: string;
    readonly quantity: number;
    /** Of one piece, in the shop's currency; null when the catalogue has no price. */
    readonly price: number | null;
  }[];
  /** Sum over the priced items, in the shop's currency. */
  readonly total: number;
}

/** A question that the visitor may have meant. */
export interface Choice {
  readonly intent: string;
  /** The question in the visitor's language. */
  readonly question: string;
  /** In [0, 1]. */
  readonly confidence: number;
}

/** The answer to a question. */
export interface Answer {
  /** 'answer': `text` is the reply; 'clarify': one of `choices` is meant; 'handoff': a human is needed. */
  readonly kind: 'answer' | 'clarify' | 'handoff';
  /** The likeliest intent, or null. */
  readonly intent: string | null;
  /** Calibrated probability in [0, 1] that `intent` is meant. */
  readonly confidence: number;
  /** The reply with its slots filled, as plain text; '' unless `kind` is 'answer'. */
  readonly text: string;
  /** Likeliest first. */
  readonly choices: readonly Choice[];
}
