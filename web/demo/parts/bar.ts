// The basket in one line at the foot of every page but its own, from the first piece on. Its second
// line is the place that is kept for a coupon given to this visit.

import { html, nothing, type TemplateResult } from 'lit';
import { openSees } from '../panels/sees.js';
import { app, applied, basketCount, basketItems, granted, worthOf } from '../state/app.js';
import { money } from '../state/numbers.js';
import { links } from '../state/route.js';
import { icons } from './icons.js';

export function basketBar(): TemplateResult | typeof nothing {
  const { t, goods, language, route } = app;
  const count = basketCount();
  if (count === 0 || goods === null || route.page === 'basket') return nothing;
  const show = (value: number) => money(value, goods.currency, language);
  const value = worthOf(basketItems());
  const given = granted();
  const { saving } = applied();
  const note =
    given !== null ? given.title : saving > 0 ? t.couponSave(show(saving)) : t.barNoCoupon;
  return html`<aside class="basket-bar" aria-label=${t.basket}><div>
    <p class="bar-text"><b>${t.pieces(count)} · ${show(Math.max(0, value - saving))}</b>
      <span class=${given !== null || saving > 0 ? 'saves' : ''}>${given === null ? nothing : html`${icons.ticket}<span class="unseen">${t.grantedFor}: </span>`}${note}</span></p>
    ${given === null ? nothing : html`<button class="tool text" type="button" aria-haspopup="dialog" aria-label=${t.grantedWhy} @click=${() => openSees()}>${t.why}</button>`}
    <a class="primary" href=${links.basket}>${t.toBasket}</a>
  </div></aside>`;
}

/** The same place on the basket's own page. */
export function basketNote(): TemplateResult {
  const { t, goods, language } = app;
  const given = granted();
  const show = (value: number) => money(value, goods?.currency ?? 'USD', language);
  const item = given?.coupon.items.flatMap((id) => goods?.get(id) ?? [])[0];
  return html`<div class="given ${given === null ? '' : 'is'}" data-granted=${given?.coupon.id ?? ''}>
    ${icons.ticket}
    <p>${
      given === null
        ? app.settings.predictions
          ? t.grantedNone
          : t.grantedOff
        : html`<b>${t.grantedFor}: ${given.title}</b> <span>${
            given.saving > 0
              ? t.couponApplied(show(given.saving))
              : html`${t.grantedAdd} ${item === undefined ? nothing : html`<a href=${links.product(item.id)}>${t.grantedLook}</a>`}`
          }</span>`
    }</p>
    <button class="quiet" type="button" aria-haspopup="dialog" aria-label=${t.grantedWhy} @click=${() => openSees()}>${t.why}</button>
  </div>`;
}
