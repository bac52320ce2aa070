// The front page. Cold, its first shelf is what sells; after a visit's first views the same shelf
// says "Because you looked at ...", in the same place and of the same size.

import { html, nothing, type TemplateResult } from 'lit';
import { family } from '../motifs/palette.js';
import { coupon, couponGhosts } from '../parts/coupon.js';
import { icons } from '../parts/icons.js';
import { bare } from '../parts/pictures.js';
import { headline } from '../parts/reasons.js';
import { rowLength, shelf } from '../parts/shelf.js';
import { app, forYou, offers, popular, type Shelfful } from '../state/app.js';
import { type Item, type Shelf, say } from '../state/goods.js';
import { links } from '../state/route.js';
import { favouriteShelf } from '../state/sight.js';

// The still life of the front page: what is drawn, where, how large.
const stillLife: readonly (readonly [
  motif: string,
  name: string,
  x: number,
  y: number,
  scale: number,
])[] = [
  ['flower', 'flowers', 4, -14, 1.16],
  ['wine', 'Merlot', 286, -14, 1.16],
  ['milk', 'Milk', 206, 0, 1.06],
  ['bread', 'Italian loaf', 104, 26, 0.94],
  ['juice', 'Orange juice', 392, 10, 1],
  ['cheese', 'Cheddar', 180, 72, 0.62],
  ['tomato', 'Tomatoes', 92, 76, 0.6],
  ['apple', 'Gala apples', 288, 78, 0.58],
];

function hero(): TemplateResult {
  const { t, goods } = app;
  const produce = goods?.departments.find(({ key }) => key === 'produce') ?? goods?.departments[0];
  return html`<section class="hero">
    <div class="hero-text">
      <h1 tabindex="-1">${t.heroTitle}</h1>
      <p>${t.heroText}</p>
      <p class="hero-actions">
        <a class="primary" href=${produce === undefined ? links.search('') : links.department(produce.key)}>${t.heroFresh}</a>
        <a class="quiet" href=${links.data}>${t.heroData}</a>
      </p>
    </div>
    <svg class="hero-picture" viewBox="0 0 540 178" aria-hidden="true" focusable="false">
      <rect class="hero-board" x="0" y="150" width="540" height="12" rx="3" />
      <rect class="hero-edge" x="10" y="162" width="520" height="6" rx="2" />
      ${stillLife.map(
        ([motif, name, x, y, scale]) =>
          html`<svg x=${x} y=${y} width=${160 * scale} height=${160 * scale} viewBox="0 0 160 160">${bare({ id: `hero-${motif}`, nameEn: name, departmentEn: motif === 'milk' ? 'Dairy' : 'Produce', brandEn: '', sizeText: '', motif }, 'hero')}</svg>`,
      )}
    </svg>
  </section>`;
}

function departmentTile(department: Shelf): TemplateResult {
  const [first] = department.items;
  const name = say(department.names, app.language);
  return html`<li><a class="tile" href=${links.department(department.key)} style="--hue:${family(department.names.en ?? '').hue}">
    <span class="tile-picture">${
      first === undefined
        ? nothing
        : html`<svg viewBox="0 0 160 160" aria-hidden="true">${bare({ ...first, brandEn: '', sizeText: '' }, 'tile')}</svg>`
    }</span>
    <span class="tile-name">${name}</span>
  </a></li>`;
}

export function home(): TemplateResult {
  const { t, goods } = app;
  const personal = forYou(rowLength);
  const because = personal === null ? '' : headline(personal);
  const ids = personal?.map(({ item }) => item.id) ?? [];
  const best = because ? popular(rowLength, ids) : null;
  const department =
    goods?.departments.find(({ key }) => key === 'produce') ?? goods?.departments[0];
  const placed = (items: readonly Item[]): Shelfful =>
    items
      .filter(({ id }) => !ids.includes(id) && !app.basket.has(id))
      .slice(0, rowLength)
      .map((item) => ({ item, reasons: [] }));
  const fresh = department === undefined || personal === null ? null : placed(department.items);
  const beloved = favouriteShelf();
  const tickets = offers(3);
  return html`
    ${hero()}
    ${shelf(personal, {
      id: 'for-you',
      title: because || t.popular,
      hint: because ? t.becauseHint : t.popularHint,
    })}
    ${
      tickets === null || tickets.length > 0
        ? html`<section class="shelf" aria-labelledby="coupons-title">
            <div class="shelf-head"><div><h2 id="coupons-title">${t.coupons}</h2><p class="hint">${t.couponsHint}</p></div></div>
            <ul class="coupons">${tickets === null ? couponGhosts(3) : tickets.map(coupon)}</ul>
          </section>`
        : nothing
    }
    ${
      because && beloved !== null
        ? shelf(placed(beloved.items), {
            id: 'favourite',
            title: t.favourite(say(beloved.names, app.language)),
            hint: t.favouriteHint,
          })
        : nothing
    }
    ${
      because
        ? shelf(best, { id: 'popular', title: t.popular, hint: t.popularHint })
        : shelf(fresh, {
            id: 'fresh',
            title: t.fresh(department === undefined ? '' : say(department.names, app.language)),
            hint: t.freshHint,
            ...(department === undefined
              ? {}
              : { link: { href: links.department(department.key), text: t.seeAll } }),
          })
    }
    <section class="shelf" aria-labelledby="departments-title">
      <div class="shelf-head"><h2 id="departments-title">${t.departments}</h2></div>
      <ul class="tiles">
        ${goods === null ? Array.from({ length: 16 }, () => html`<li><span class="tile ghost"></span></li>`) : goods.departments.map(departmentTile)}
      </ul>
    </section>
    <a class="promise" href=${links.data}>
      ${icons.shield}<span><b>${t.promiseTitle}</b><span>${t.promiseText}</span></span>${icons.arrow}
    </a>`;
}
