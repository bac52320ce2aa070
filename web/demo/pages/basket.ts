// The basket. Its coupons and its "goes well with" follow every change, since that is what they are for.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { openHelp } from '../panels/help.js';
import { basketNote } from '../parts/bar.js';
import { sizeLine } from '../parts/card.js';
import { coupon, couponGhosts } from '../parts/coupon.js';
import { picture } from '../parts/pictures.js';
import { rowLength, shelf } from '../parts/shelf.js';
import { stepper } from '../parts/stepper.js';
import {
  app,
  applied,
  basketItems,
  checkOut,
  nameOf,
  offers,
  popular,
  withBasket,
  worthOf,
} from '../state/app.js';
import type { Item } from '../state/goods.js';
import { money } from '../state/numbers.js';
import { links } from '../state/route.js';
import { empty } from './empty.js';

function line(item: Item, quantity: number): TemplateResult {
  const { t, language, goods } = app;
  const currency = goods?.currency ?? 'USD';
  return html`<li class="line" data-item=${item.id}>
    <a class="line-picture" href=${links.product(item.id)} tabindex="-1" aria-hidden="true">${picture(item, 'page')}</a>
    <div class="line-text">
      <a class="line-name" href=${links.product(item.id)}>${nameOf(item)}</a>
      <span class="card-size">${sizeLine(item)}</span>
    </div>
    ${stepper(item)}
    <p class="price line-price">${item.price === null ? t.noPrice : html`<b>${money(item.price * quantity, currency, language)}</b>`}</p>
  </li>`;
}

export function basket(): TemplateResult {
  const { t, goods, language, thanks } = app;
  if (thanks) {
    return html`${empty({
      title: t.thanksTitle,
      text: t.thanksText(thanks),
      motif: 'bag',
      action: html`<p class="hero-actions"><a class="primary" href=${links.home}>${t.backHome}</a>
        <button class="quiet" type="button" aria-haspopup="dialog" @click=${() => openHelp()}>${t.askAboutOrder}</button></p>`,
    })}`;
  }
  // Until the engine is there nobody knows what the tab remembers.
  if (goods === null || app.engine.status === 'loading') {
    return html`<div class="page-head"><h1 tabindex="-1">${t.basket}</h1><p class="hint">${t.loading}</p></div>`;
  }
  const lines = basketItems();
  if (lines.length === 0) {
    return html`${empty({
      title: t.basketEmpty,
      text: t.basketEmptyText,
      action: html`<a class="primary" href=${links.home}>${t.startShopping}</a>`,
    })}
    ${shelf(popular(rowLength), { id: 'popular', title: t.popular, hint: t.popularHint })}`;
  }
  const show = (value: number) => money(value, goods.currency, language);
  const subtotal = worthOf(lines);
  const { matches, saving } = applied();
  const others = offers(20);
  const given = matches.map(({ offer }) => offer.id);
  const rest = (others ?? []).filter(({ offer }) => !given.includes(offer.id));
  const open = rest.filter(({ status }) => status === 'nearly').slice(0, 2);
  const hints = rest.filter(({ status }) => status === 'suggested');
  const tickets = others === null ? null : [...matches, ...open, ...hints].slice(0, 3);
  return html`
    <div class="page-head"><h1 tabindex="-1">${t.basket}</h1></div>
    <div class="basket">
      <ul class="lines">${repeat(
        lines,
        ({ item }) => item.id,
        ({ item, quantity }) => line(item, quantity),
      )}</ul>
      <section class="sum" aria-label=${t.total}>
        <dl>
          <div><dt>${t.subtotal}</dt><dd>${show(subtotal)}</dd></div>
          <div class="saved ${saving > 0 ? '' : 'none'}"><dt>${t.couponSaving}</dt><dd>${saving > 0 ? `−${show(saving)}` : show(0)}</dd></div>
          <div class="total"><dt>${t.total}</dt><dd>${show(Math.max(0, subtotal - saving))}</dd></div>
        </dl>
        ${basketNote()}
        <button class="primary wide" type="button" @click=${() => {
          checkOut();
          requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus());
        }}>${t.checkout}</button>
        <p class="hint">${t.checkoutNote}</p>
      </section>
    </div>
    ${
      tickets === null || tickets.length > 0
        ? html`<section class="shelf" aria-labelledby="basket-coupons">
            <div class="shelf-head"><div><h2 id="basket-coupons">${t.couponForYou}</h2><p class="hint">${t.couponsHint}</p></div></div>
            <ul class="coupons">${tickets === null ? couponGhosts(3) : repeat(tickets, ({ offer }) => offer.id, coupon)}</ul>
          </section>`
        : nothing
    }
    ${shelf(withBasket(rowLength), { id: 'with-basket', title: t.goesWithBasket, hint: t.goesWithBasketHint })}`;
}
