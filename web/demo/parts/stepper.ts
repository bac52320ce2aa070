import { html, type TemplateResult } from 'lit';
import { app, nameOf, quantityOf, setQuantity } from '../state/app.js';
import type { Item } from '../state/goods.js';
import { icons } from './icons.js';

/** How many pieces are in the basket, with buttons for one less and one more. */
export function stepper(item: Item): TemplateResult {
  const { t } = app;
  const count = quantityOf(item.id);
  return html`<div class="stepper" role="group" aria-label="${t.quantity}: ${nameOf(item)}">
    <button type="button" aria-label=${count > 1 ? t.less : t.remove} ?disabled=${count === 0}
      @click=${() => setQuantity(item, quantityOf(item.id) - 1)}>${count > 1 || count === 0 ? icons.minus : icons.trash}</button>
    <output>${count}</output>
    <button type="button" aria-label=${t.oneMore} @click=${() => setQuantity(item, quantityOf(item.id) + 1)}>${icons.plus}</button>
  </div>`;
}
