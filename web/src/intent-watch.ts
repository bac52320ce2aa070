// Tells listeners when a probability crosses their bound: asked after each event and, since leaving
// is a matter of time, on a light timer, which runs only while somebody listens and the page is
// visible. Sends nothing anywhere.

import type { InputError } from './errors.js';
import { notify } from './listeners.js';
import type { PredictionKind, VisitPrediction } from './visit.js';

/** Options of `visit.on('intent', ...)`. */
export interface IntentOptions {
  /** 'purchase-intent' by default. */
  readonly kind?: PredictionKind | undefined;
  /** The probability to tell of: above 0, at most 1. */
  readonly above: number;
  /**
   * With it, the fall below this is told as well. A rise is told again only after a fall below this,
   * or without it below `above` - 0.05 (of an `above` under 0.1: below half of it).
   */
  readonly below?: number | undefined;
}

/** A probability crossed a bound. */
export interface IntentNews {
  readonly kind: PredictionKind;
  /** True: it rose to `above`; false: it fell below `below`. */
  readonly above: boolean;
  readonly prediction: VisitPrediction;
}

/** @internal Options that were checked. */
export interface IntentBounds {
  readonly kind: PredictionKind;
  readonly above: number;
  readonly below: number;
  readonly tellsFall: boolean;
}

interface Watch extends IntentBounds {
  readonly listener: (news: IntentNews) => void;
  up: boolean;
}

const kTick = 5000;

/** @internal Throws an InputError, which is the caller's class of it, for bounds that are none. */
export function intentBounds(options: IntentOptions, refusal: typeof InputError): IntentBounds {
  const { kind = 'purchase-intent', above, below } = options;
  const lower = below ?? Math.max(above - 0.05, above / 2);
  if (!(above > 0 && above <= 1 && lower > 0 && lower <= above)) {
    const expected = '0 < above <= 1 and 0 < below <= above';
    throw new refusal('invalid-input', `intent: expected ${expected}`, {
      place: 'above',
      expected,
      found: `above ${above}, below ${below}`,
    });
  }
  return { kind, above, below: lower, tellsFall: below !== undefined };
}

/** @internal The listeners of one visit, which is asked by `predict`: at once, or by a promise. */
export class IntentWatch {
  readonly #predict: (kind: PredictionKind) => VisitPrediction | Promise<VisitPrediction>;
  readonly #watches = new Set<Watch>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(predict: (kind: PredictionKind) => VisitPrediction | Promise<VisitPrediction>) {
    this.#predict = predict;
  }

  /** `now` is what is said at the moment: told at once when it is above. */
  add(
    bounds: IntentBounds,
    listener: (news: IntentNews) => void,
    now: VisitPrediction,
  ): () => void {
    const watch: Watch = { ...bounds, listener, up: false };
    this.#watches.add(watch);
    this.#tell(watch, now);
    this.#timer ??= setInterval(() => {
      if (globalThis.document?.visibilityState !== 'hidden') this.ask();
    }, kTick);
    // Node's timers would keep a program alive that has nothing else to do.
    (this.#timer as { unref?: () => void }).unref?.();
    return () => {
      this.#watches.delete(watch);
      if (this.#watches.size === 0) this.end();
    };
  }

  ask(): void {
    for (const watch of [...this.#watches]) this.#ask(watch);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#watches.clear();
  }

  // Disposed or dead: the page's next own call says so.
  async #ask(watch: Watch): Promise<void> {
    try {
      const said = this.#predict(watch.kind);
      this.#tell(watch, said instanceof Promise ? await said : said);
    } catch {}
  }

  #tell(watch: Watch, prediction: VisitPrediction): void {
    const { kind, above, below, tellsFall, listener } = watch;
    const { probability } = prediction;
    if (!this.#watches.has(watch)) return; // ended while it was asked
    if (watch.up ? probability >= below : probability < above) return;
    watch.up = !watch.up;
    if (watch.up || tellsFall) notify([listener], { kind, above: watch.up, prediction });
  }
}
