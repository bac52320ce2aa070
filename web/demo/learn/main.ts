// The lessons. An ordinary user of the package, like the storefront; built apart from it, so that the
// shop carries nothing of them.

import { render } from 'lit';
import { changed, startBeside } from '../state/beside.js';
import { lessons } from './lessons.js';
import { page } from './page.js';
import { open, state, texts } from './state.js';

const root = document.querySelector<HTMLElement>('#app') ?? document.body;

const asked = () => lessons.find(({ id }) => location.hash === `#${id}`) ?? null;

startBeside(() => {
  const { t, l, language } = texts();
  const { dataset } = document.documentElement;
  // For whoever waits from outside: a test, a screenshot.
  dataset.lesson = state.lesson?.id ?? 'contents';
  dataset.live = state.live;
  document.title = t.title(state.lesson?.words(language).name ?? l.title);
  render(page(), root);
});

addEventListener('hashchange', () => {
  // The skip link leads into the page that is open.
  if (location.hash === '#main') {
    history.replaceState(history.state, '', `#${state.lesson?.id ?? ''}`);
    return;
  }
  void open(asked());
  scrollTo(0, 0);
  document.querySelector<HTMLElement>('main h1')?.focus();
});

// What is drawn in the theme's colours by hand is drawn again when the device changes them.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
void open(asked());
