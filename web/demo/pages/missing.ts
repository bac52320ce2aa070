import { html, type TemplateResult } from 'lit';
import { app, load } from '../state/app.js';
import { links } from '../state/route.js';
import { empty } from './empty.js';

export function missing(): TemplateResult {
  const { t } = app;
  return empty({
    title: t.pageMissing,
    text: t.pageMissingText,
    action: html`<a class="primary" href=${links.home}>${t.backHome}</a>`,
  });
}

/** The catalogue did not come: without products there is no shop. */
export function closed(): TemplateResult {
  const { t, goodsError } = app;
  return html`<div role="alert">${empty({
    title: t.shopFailed,
    text: t.shopFailedText,
    action: html`<button class="primary" type="button" @click=${() => void load()}>${t.tryAgain}</button>
      <details><summary>${t.details}</summary><code>${goodsError}</code></details>`,
  })}</div>`;
}
