// Registers the elements under their usual names. Safe to import twice, and on a server.

import {
  StorewiseHelp,
  StorewiseOffers,
  StorewisePrivacy,
  StorewiseRecommendations,
  StorewiseShop,
} from './index.js';

// The provider comes first, so that it listens when the others ask.
const elements: readonly [string, CustomElementConstructor][] = [
  ['storewise-shop', StorewiseShop],
  ['storewise-recommendations', StorewiseRecommendations],
  ['storewise-offers', StorewiseOffers],
  ['storewise-help', StorewiseHelp],
  ['storewise-privacy', StorewisePrivacy],
];

if (globalThis.customElements !== undefined && globalThis.document !== undefined) {
  for (const [name, element] of elements) {
    if (customElements.get(name) === undefined) customElements.define(name, element);
  }
}

export * from './index.js';
