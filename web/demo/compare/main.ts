// The comparison page. An ordinary user of the package, like the storefront; built apart from it, so
// that the shop carries nothing of this page.

import { render } from 'lit';
import { page } from './page.js';
import { start, state, texts } from './state.js';

const root = document.querySelector<HTMLElement>('#app') ?? document.body;

start(() => {
  const { language, theme } = state.settings;
  const { t, c } = texts();
  const { dataset } = document.documentElement;
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
  dataset.theme = theme;
  // For whoever waits from outside: a test, a screenshot.
  dataset.compare = state.running === null ? state.step || 'idle' : 'running';
  document.title = t.title(c.title);
  render(page(), root);
});
