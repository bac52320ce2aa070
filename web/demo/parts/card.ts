// A product's card: picture, name in two lines at most, size, price, one button. Recommended cards
// have a quiet "why?" that covers the picture with the reasons, so nothing on the page moves.

import { html, nothing, type TemplateResult } from 'lit';
import {
  app,
  changed,
  couponPrice,
  couponsFor,
  nameOf,
  type Placed,
  quantityOf,
  setQuantity,
} from '../state/app.js';
import { type Item, say } from '../state/goods.js';
import { money, percent } from '../state/numbers.js';
import { links } from '../state/route.js';
import { icons } from './icons.js';
import { picture } from './pictures.js';
import { reasonText } from './reasons.js';

export function price(item: Item, onItsPage = false): TemplateResult {
  const { t, language, goods } = app;
  const currency = goods?.currency ?? 'USD';
  if (item.price === null)
    return html`<p class="price"><span class="no-price">${t.noPrice}</span></p>`;
  const lower = couponPrice(item, couponsFor(item, onItsPage));
  if (lower === null)
    return html`<p class="price"><b>${money(item.price, currency, language)}</b></p>`;
  return html`<p class="price reduced">
    <b><span class="unseen">${t.withCoupon} </span>${money(lower, currency, language)}</b>
    <s><span class="unseen">${t.oldPrice} </span>${money(item.price, currency, language)}</s>
  </p>`;
}

export function sizeLine(item: Item): string {
  const { language } = app;
  return [say(item.brand, language), say(item.size, language)].filter(Boolean).join(' · ');
}

function addButton(item: Item): TemplateResult {
  const { t } = app;
  const count = quantityOf(item.id);
  if (!item.available) return html`<span class="sold-out">${t.soldOut}</span>`;
  return html`<button
    class="add ${count ? 'has' : ''}"
    type="button"
    aria-label=${t.addLabel(nameOf(item), count)}
    @click=${() => setQuantity(item, quantityOf(item.id) + 1)}
  >${count ? html`<span class="count">${count}</span>` : icons.plus}</button>`;
}

function why(
  { item, reasons }: Placed,
  shelf: string,
  context: string,
): TemplateResult | typeof nothing {
  if (reasons.length === 0) return nothing;
  const { t, language } = app;
  // A reason that rounds to nothing tells nothing.
  const telling = reasons.filter(({ share }, i) => i === 0 || share >= 0.01);
  const key = `${shelf}/${item.id}`;
  const open = app.openWhy === key;
  const panel = `why-${key.replace(/[^\w-]/g, '-')}`;
  const toggle = () => {
    app.openWhy = open ? '' : key;
    changed();
  };
  return html`
    <button class="why" type="button" aria-expanded=${open} aria-controls=${panel}
      aria-label=${t.whyLabel(nameOf(item))} @click=${toggle}>${open ? icons.close : html`<span>${t.why}</span>`}</button>
    <div class="reasons" id=${panel} ?hidden=${!open}>
      <p class="reasons-title">${t.whyTitle}</p>
      <ul>
        ${telling.slice(0, 3).map(
          (reason) => html`<li>
            <span class="share">${percent(reason.share, language)}</span>
            <span class="reason">${reasonText(reason, context)}</span>
            <span class="bar" aria-hidden="true"><i style="width:${Math.round(reason.share * 100)}%"></i></span>
          </li>`,
        )}
      </ul>
    </div>`;
}

/** `shelf` tells apart the same product on two shelves of a page; `context` is the page's product. */
export function card(placed: Placed, shelf: string, context = ''): TemplateResult {
  const { item } = placed;
  return html`<li class="card" data-item=${item.id}>
    <a class="card-link" href=${links.product(item.id)}>
      <span class="card-picture">${picture(item, shelf)}</span>
      <span class="card-name">${nameOf(item)}</span>
      <span class="card-size">${sizeLine(item)}</span>
    </a>
    <div class="card-foot">${price(item)}${addButton(item)}</div>
    ${why(placed, shelf, context)}
  </li>`;
}

const ghost = html`<li class="card ghost" aria-hidden="true">
  <span class="card-link"><span class="card-picture"></span><span class="card-name"></span><span class="card-size"></span></span>
  <div class="card-foot"><p class="price"></p><span class="add"></span></div>
</li>`;

/** Cards that hold the place of those still to come. */
export function ghosts(count: number): TemplateResult[] {
  return Array.from({ length: count }, () => ghost);
}
