// The comparison page. An ordinary user of the package, like the storefront; built apart from it, so
// that the shop carries nothing of this page.

import { render } from 'lit';
import { startBeside } from '../state/beside.js';
import { page } from './page.js';
import { start, state, texts } from './state.js';

const root = document.querySelector<HTMLElement>('#app') ?? document.body;

startBeside(() => {
  const { t, c } = texts();
  // For whoever waits from outside: a test, a screenshot.
  document.documentElement.dataset.compare =
    state.running === null ? state.step || 'idle' : 'running';
  document.title = t.title(c.title);
  render(page(), root);
});
void start();
