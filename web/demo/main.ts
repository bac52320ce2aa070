// The storefront: draws the page that the address names, and looks after focus and scrolling.

import { html, nothing, render, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { basket } from './pages/basket.js';
import { data } from './pages/data.js';
import { department } from './pages/department.js';
import { home } from './pages/home.js';
import { closed, missing } from './pages/missing.js';
import { product } from './pages/product.js';
import { search } from './pages/search.js';
import { helpPanel } from './panels/help.js';
import { hoodPanel } from './panels/hood.js';
import { seesPanel } from './panels/sees.js';
import { basketBar } from './parts/bar.js';
import { footer, header, notices } from './parts/frame.js';
import { beginPortion, forgetPictures, morePictures } from './parts/pictures.js';
import { app, changed, nameOf, start } from './state/app.js';
import { say } from './state/goods.js';
import type { Move } from './state/route.js';
import { watchLeaving } from './state/sight.js';

function page(): TemplateResult {
  const { route } = app;
  if (app.goodsError && app.goods === null) return closed();
  switch (route.page) {
    case 'home':
      return home();
    case 'department':
      return department(route);
    case 'search':
      return search(route);
    case 'product':
      return product(route);
    case 'basket':
      return basket();
    case 'data':
      return data();
    default:
      return missing();
  }
}

function title(): string {
  const { t, route, goods } = app;
  switch (route.page) {
    case 'department': {
      const found = goods?.department(route.key);
      return found === undefined ? t.departments : say(found.names, app.language);
    }
    case 'search':
      return route.query || t.search;
    case 'product': {
      const item = goods?.get(route.id);
      return item === undefined ? '' : nameOf(item);
    }
    case 'basket':
      return t.basket;
    case 'data':
      return t.dataTitle;
    default:
      return '';
  }
}

function pageKey(): string {
  const { route } = app;
  return route.page === 'product'
    ? `product ${route.id}`
    : route.page === 'department'
      ? `department ${route.key}`
      : route.page;
}

let lastKey = '';

const root = document.querySelector<HTMLElement>('#app') ?? document.body;

function draw(): void {
  // The panels wait for the first picture of the shop: nobody needs them sooner.
  const early = app.goods === null && !app.goodsError;
  const key = pageKey();
  if (key !== lastKey) forgetPictures();
  lastKey = key;
  beginPortion(early);
  const { t } = app;
  document.title = t.title(title());
  // For whoever waits from outside (tests, a screenshot): how far the shop has come.
  document.documentElement.dataset.engine = app.engine.status;
  document.documentElement.dataset.search =
    app.search === null ? 'waiting' : app.search.done ? 'ready' : 'building';
  const skip = (event: Event) => {
    event.preventDefault(); // the # belongs to the pages
    document.querySelector<HTMLElement>('main h1')?.focus();
  };
  render(
    html`
      <a class="skip" href="#main" @click=${skip}>${t.skip}</a>
      ${header()}
      <main id="main" class="at-${app.route.page}">${notices()}${keyed(key, page())}</main>
      ${footer()}
      ${early ? nothing : html`${basketBar()}${helpPanel()}${hoodPanel()}${seesPanel()}`}
      <p class="unseen" role="status">${app.announcement}</p>
    `,
    root,
  );
  if (morePictures() && !early) setTimeout(changed);
}

function arrived({ same, scroll }: Move): void {
  if (same) return;
  scrollTo({ top: scroll, behavior: 'instant' });
  // Somebody who is typing a search stays in the field.
  if (app.route.page === 'search' && document.activeElement?.matches('input[type=search]')) return;
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !app.openWhy) return;
  const [shelf = '', id = ''] = app.openWhy.split('/');
  app.openWhy = '';
  changed();
  document
    .querySelector<HTMLElement>(
      `[aria-labelledby="${shelf}-title"] [data-item="${CSS.escape(id)}"] .why`,
    )
    ?.focus();
});

watchLeaving();

// In a task of its own, after that which read the scripts.
setTimeout(() => start(draw, arrived));
