// The element classes, without registering them: import 'storewise/elements/define' for the usual
// names, or define subclasses under names of your own.

export { StorewiseElement } from './base.js';
export { type ContextCallback, ContextRequestEvent, type ShopContext } from './context.js';
export {
  AnswerEvent,
  ConsentEvent,
  EraseEvent,
  FailureEvent,
  HandoffEvent,
  ProductAddEvent,
  ProductSelectEvent,
  ReadyEvent,
} from './events.js';
export { StorewiseHelp } from './help.js';
export { builtInMessages, type Messages } from './messages.js';
export { StorewiseOffers } from './offers.js';
export { StorewisePrivacy } from './privacy.js';
export { StorewiseRecommendations } from './recommendations.js';
export { StorewiseShop } from './shop.js';

import type {
  AnswerEvent,
  ConsentEvent,
  EraseEvent,
  FailureEvent,
  HandoffEvent,
  ProductAddEvent,
  ProductSelectEvent,
  ReadyEvent,
} from './events.js';
import type { StorewiseHelp } from './help.js';
import type { StorewiseOffers } from './offers.js';
import type { StorewisePrivacy } from './privacy.js';
import type { StorewiseRecommendations } from './recommendations.js';
import type { StorewiseShop } from './shop.js';

declare global {
  interface HTMLElementTagNameMap {
    'storewise-shop': StorewiseShop;
    'storewise-recommendations': StorewiseRecommendations;
    'storewise-offers': StorewiseOffers;
    'storewise-help': StorewiseHelp;
    'storewise-privacy': StorewisePrivacy;
  }
  interface HTMLElementEventMap {
    'storewise-answer': AnswerEvent;
    'storewise-consent': ConsentEvent;
    'storewise-erase': EraseEvent;
    'storewise-error': FailureEvent;
    'storewise-handoff': HandoffEvent;
    'storewise-add': ProductAddEvent;
    'storewise-select': ProductSelectEvent;
    'storewise-ready': ReadyEvent;
  }
}
