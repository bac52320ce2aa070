import { html, nothing, type TemplateResult } from 'lit';
import { ghosts, price } from '../parts/card.js';
import { couponNote } from '../parts/coupon.js';
import { icons } from '../parts/icons.js';
import { picture } from '../parts/pictures.js';
import { rowLength, shelf } from '../parts/shelf.js';
import { stepper } from '../parts/stepper.js';
import {
  app,
  couponsFor,
  nameOf,
  quantityOf,
  related,
  setQuantity,
  similar,
} from '../state/app.js';
import { type Item, say } from '../state/goods.js';
import { links, type Route } from '../state/route.js';
import { empty } from './empty.js';

function trail(item: Item): TemplateResult {
  const { t, language } = app;
  const { department, category } = item;
  return html`<nav class="trail" aria-label=${t.breadcrumb}><ol>
    <li><a href=${links.home}>${t.home}</a></li>
    ${department === null ? nothing : html`<li><a href=${links.department(department.key)}>${say(department.names, language)}</a></li>`}
    ${department === null || category === null ? nothing : html`<li><a href=${links.department(department.key, category.key)}>${say(category.names, language)}</a></li>`}
  </ol></nav>`;
}

function fact(name: string, value: string): TemplateResult | typeof nothing {
  return value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing;
}

export function product({ id }: Route & { page: 'product' }): TemplateResult {
  const { t, goods, language } = app;
  if (goods === null) {
    return html`<div class="trail"></div><div class="product ghost"><div class="product-picture"></div><div class="product-text"><h1 tabindex="-1" class="ghost-title">${t.loading}</h1></div></div>
      <section class="shelf"><div class="shelf-head"><div><h2>${t.goesWith}</h2><p class="hint">${t.goesWithHint}</p></div></div><ul class="cards row">${ghosts(rowLength)}</ul></section>`;
  }
  const item = goods.get(id);
  if (item === undefined) {
    return empty({
      title: t.productMissing,
      text: t.productMissingText,
      motif: 'box',
      action: html`<a class="primary" href=${links.home}>${t.backHome}</a>`,
    });
  }
  const count = quantityOf(id);
  const goes = related(item, rowLength);
  const exclude = goes?.map((one) => one.item.id) ?? [];
  return html`
    ${trail(item)}
    <article class="product">
      <div class="product-picture">${picture(item, 'page')}</div>
      <div class="product-text">
        <h1 tabindex="-1">${nameOf(item)}</h1>
        ${price(item, true)}
        ${couponsFor(item, true).slice(0, 1).map(couponNote)}
        <dl class="facts">
          ${fact(t.brand, say(item.brand, language))}
          ${fact(t.size, say(item.size, language))}
          ${fact(t.shelf, item.category === null ? '' : say(item.category.names, language))}
        </dl>
        <div class="buy">
          ${
            !item.available
              ? html`<p class="sold-out">${t.soldOut}</p>`
              : count === 0
                ? html`<button class="primary wide" type="button" @click=${() => {
                    setQuantity(item, 1);
                    requestAnimationFrame(() =>
                      document
                        .querySelector<HTMLElement>('.buy .stepper button:last-child')
                        ?.focus(),
                    );
                  }}>${icons.basket}${t.add}</button>`
                : html`${stepper(item)}<a class="quiet" href=${links.basket}>${t.inBasket(count)}${icons.arrow}</a>`
          }
        </div>
      </div>
    </article>
    ${shelf(goes, { id: 'goes-with', title: t.goesWith, hint: t.goesWithHint, context: id })}
    ${shelf(similar(item, rowLength, exclude), { id: 'similar', title: t.similar, hint: t.similarHint, context: id })}`;
}
