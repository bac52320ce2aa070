// How the elements find their shop: they ask upwards with an event, <storewise-shop> answers and
// keeps answering when something changes.

import type { Shop, Visit } from '../src/index.js';

/** What <storewise-shop> provides. */
export interface ShopContext {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly shop: Shop | null;
  readonly visit: Visit | null;
  /** A BCP 47 tag, or '' to go by the page. */
  readonly language: string;
}

/** Called with the context at once and after each change, until `stop` is called. */
export type ContextCallback = (context: ShopContext, stop: () => void) => void;

/** Asks the nearest provider above. */
export class ContextRequestEvent extends Event {
  static readonly eventName = 'storewise-context';
  constructor(readonly callback: ContextCallback) {
    super(ContextRequestEvent.eventName, { bubbles: true, composed: true });
  }
}
