// Tells listeners when a probability crosses their bound: asked after each event and, since leaving
// is a matter of time, on a light timer, which runs only while somebody listens and the page is
// visible. Sends nothing anywhere.

import { InputError } from './errors.js';
import { notify } from './listeners.js';
import type { PredictionKind, VisitPrediction } from './visit.js';

/** Options of `visit.on('intent', ...)`. */
export interface IntentOptions {
  /** 'purchase-intent' by default. */
  readonly kind?: PredictionKind | undefined;
  /** The probability to tell of. */
  readonly above: number;
  /** With it, the fall below this is told as well. Otherwise it must fall by 0.05 to be told again. */
  readonly below?: number | undefined;
}

/** A probability crossed a bound. */
export interface IntentNews {
  readonly kind: PredictionKind;
  /** True: it rose to `above`; false: it fell below `below`. */
  readonly above: boolean;
  readonly prediction: VisitPrediction;
}

interface Watch {
  readonly kind: PredictionKind;
  readonly above: number;
  readonly below: number;
  readonly tellsFall: boolean;
  readonly listener: (news: IntentNews) => void;
  up: boolean;
}

const kTick = 5000;
const kHysteresis = 0.05;

/** @internal The listeners of one visit. */
export class IntentWatch {
  readonly #predict: (kind: PredictionKind) => VisitPrediction;
  readonly #watches = new Set<Watch>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(predict: (kind: PredictionKind) => VisitPrediction) {
    this.#predict = predict;
  }

  /** Asks at once; throws what `predict` throws, and InputError for bounds that are none. */
  add(options: IntentOptions, listener: (news: IntentNews) => void): () => void {
    const { kind = 'purchase-intent', above, below } = options;
    const lower = below ?? above - kHysteresis;
    if (!(above > 0 && above <= 1 && lower <= above)) {
      const expected = '0 < above <= 1 and below <= above';
      throw new InputError('invalid-input', `intent: expected ${expected}`, {
        place: 'above',
        expected,
        found: `above ${above}, below ${below}`,
      });
    }
    this.#predict(kind);
    const tellsFall = below !== undefined;
    const watch: Watch = { kind, above, below: lower, tellsFall, listener, up: false };
    this.#watches.add(watch);
    this.#ask(watch);
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

  #ask(watch: Watch): void {
    let prediction: VisitPrediction;
    try {
      prediction = this.#predict(watch.kind);
    } catch {
      return; // Disposed or dead: the page's next own call says so.
    }
    const { kind, above, below, tellsFall, listener } = watch;
    const { probability } = prediction;
    if (watch.up ? probability >= below : probability < above) return;
    watch.up = !watch.up;
    if (watch.up || tellsFall) notify([listener], { kind, above: watch.up, prediction });
  }
}
