// A coupon, as a ticket: what it takes off, on which products, and how it stands to the basket.

import { html, nothing, type TemplateResult } from 'lit';
import type { OfferMatch } from 'storewise';
import { app, nameOf } from '../state/app.js';
import { type Coupon, say } from '../state/goods.js';
import { money, percent } from '../state/numbers.js';
import { links } from '../state/route.js';
import { icons } from './icons.js';
import { picture } from './pictures.js';
import { reasonText } from './reasons.js';

function standing({ status, missing, saving, reasons }: OfferMatch): string {
  const { t, language, goods } = app;
  const currency = goods?.currency ?? 'USD';
  if (status === 'applies') return t.couponApplied(money(saving, currency, language));
  if (status === 'nearly') {
    return missing.amount > 0
      ? t.couponNearlyAmount(money(missing.amount, currency, language))
      : t.couponNearlyQuantity(missing.quantity);
  }
  const [reason] = reasons;
  return reason === undefined ? t.couponSuggested : reasonText(reason);
}

/** "Coupon: $1.00 off Hazelcote ice cream", for the product's own page. */
export function couponNote({ kind, value, title }: Coupon): TemplateResult {
  const { t, language } = app;
  return html`<p class="coupon-note">${icons.ticket}<span>${t.couponHere(off(kind, value), product(say(title, language)))}</span></p>`;
}

function off(kind: Coupon['kind'], value: number): string {
  const { language, goods } = app;
  return kind === 'percent'
    ? percent(value / 100, language)
    : money(value, goods?.currency ?? 'USD', language);
}

/** The title without the amount, which stands large beside it: "1.00 off x" is "x", "x立减1.00" is "x". */
function product(title: string): string {
  const rest = title.replace(/^[\d.]+ off /, '').replace(/立减[\d.]+/, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

export function coupon(match: OfferMatch): TemplateResult {
  const { t, goods } = app;
  const { offer, status } = match;
  const value = off(offer.kind, offer.value);
  const items = offer.items.flatMap((id) => goods?.get(id) ?? []).slice(0, 3);
  return html`<li class="coupon ${status}" data-offer=${offer.id} data-status=${status}>
    <p class="coupon-value">${t.couponOff(value)}</p>
    <div class="coupon-text">
      <p class="coupon-title">${product(offer.title)}</p>
      <p class="coupon-standing">${status === 'applies' ? icons.check : nothing}${standing(match)}</p>
    </div>
    <ul class="coupon-items" aria-label=${t.couponProducts}>
      ${items.map(
        (
          item,
        ) => html`<li><a href=${links.product(item.id)} aria-label=${nameOf(item)} title=${nameOf(item)}>
          ${picture(item, offer.id)}
        </a></li>`,
      )}
    </ul>
  </li>`;
}

export function couponGhosts(count: number): TemplateResult[] {
  return Array.from(
    { length: count },
    () => html`<li class="coupon ghost" aria-hidden="true"></li>`,
  );
}
