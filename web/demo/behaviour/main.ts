// "Models to try". An ordinary user of the package, like the storefront; built apart from it, so
// that the shop carries nothing of this page.

import { render } from 'lit';
import { startBeside } from '../state/beside.js';
import { page } from './page.js';
import { start, state, texts } from './state.js';

const root = document.querySelector<HTMLElement>('#app') ?? document.body;

startBeside(() => {
  const { t, b } = texts();
  const { dataset } = document.documentElement;
  // For whoever waits from outside: a test, a screenshot.
  dataset.models = state.loaded;
  dataset.family = state.family;
  document.title = t.title(b.title);
  render(page(), root);
});
void start();
