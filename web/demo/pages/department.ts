import { html, nothing, type TemplateResult } from 'lit';
import { list } from '../parts/list.js';
import { app } from '../state/app.js';
import { type Item, say } from '../state/goods.js';
import { whole } from '../state/numbers.js';
import { links, type Route, replaceRoute, type Sort, sorts } from '../state/route.js';
import { missing } from './missing.js';

const orders: Readonly<Record<Sort, (language: string) => (a: Item, b: Item) => number>> = {
  popular: () => (a, b) => a.row - b.row,
  cheap: () => (a, b) =>
    (a.price ?? Number.POSITIVE_INFINITY) - (b.price ?? Number.POSITIVE_INFINITY) || a.row - b.row,
  dear: () => (a, b) => (b.price ?? -1) - (a.price ?? -1) || a.row - b.row,
  name: (language) => {
    const { compare } = new Intl.Collator(language);
    return (a, b) => compare(say(a.names, language), say(b.names, language));
  },
};

let sorted: { key: string; items: readonly Item[] } = { key: '', items: [] };

/** The products in order, worked out once for each choice. */
function arrange(items: readonly Item[], sort: Sort, key: string): readonly Item[] {
  if (sorted.key !== key) sorted = { key, items: [...items].sort(orders[sort](app.language)) };
  return sorted.items;
}

export function department(route: Route & { page: 'department' }): TemplateResult {
  const { t, goods, language } = app;
  if (goods === null) {
    return html`<div class="page-head"><h1 tabindex="-1" class="ghost-title">${t.loading}</h1></div><div class="chips"></div><div class="list-head"></div>${list(null, 'products')}`;
  }
  const found = goods.department(route.key);
  if (found === undefined) return missing();
  const category = found.parts.find(({ key }) => key === route.category);
  const source = category ?? found;
  const items = arrange(
    source.items,
    route.sort,
    `${found.key}/${category?.key ?? ''}/${route.sort}/${language}`,
  );
  const chip = (key: string, name: string) =>
    html`<li><a class="chip" href=${links.department(found.key, key, route.sort)} aria-current=${(category?.key ?? '') === key ? 'true' : nothing}>${name}</a></li>`;
  const names = { popular: t.sortPopular, cheap: t.sortCheap, dear: t.sortDear, name: t.sortName };
  return html`
    <div class="page-head"><h1 tabindex="-1">${say(found.names, language)}</h1></div>
    <nav class="chips" aria-label=${say(found.names, language)}>
      <ul>${chip('', t.all)}${found.parts.map(({ key, names: texts }) => chip(key, say(texts, language)))}</ul>
    </nav>
    <div class="list-head">
      <p class="hint" role="status">${t.productCount(items.length, whole(items.length, language))}</p>
      <label class="sort"><span>${t.sort}</span>
        <select @change=${(event: Event) => {
          const value =
            sorts.find((one) => one === (event.currentTarget as HTMLSelectElement).value) ??
            'popular';
          replaceRoute(links.department(found.key, category?.key ?? '', value));
        }}>${sorts.map((sort) => html`<option value=${sort} ?selected=${sort === route.sort}>${names[sort]}</option>`)}</select>
      </label>
    </div>
    ${list(items, 'products')}`;
}
