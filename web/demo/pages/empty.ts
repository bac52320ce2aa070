import { html, nothing, type TemplateResult } from 'lit';
import { drawing } from '../motifs/index.js';

/** A page, or a part of one, that has nothing to show: says so, and what to do next. */
export function empty(options: {
  readonly title: string;
  readonly text: string;
  readonly action?: TemplateResult;
  readonly motif?: string;
  readonly heading?: 1 | 2;
}): TemplateResult {
  const { title, text, action, motif = 'vegetables', heading = 1 } = options;
  const blank = {
    id: 'empty',
    nameEn: '',
    departmentEn: 'Produce',
    brandEn: '',
    sizeText: '',
    motif,
  };
  return html`<div class="empty">
    <svg class="empty-picture" viewBox="0 0 160 160" aria-hidden="true">${drawing(blank)}</svg>
    ${heading === 1 ? html`<h1 tabindex="-1">${title}</h1>` : html`<h2>${title}</h2>`}
    <p>${text}</p>
    ${action ?? nothing}
  </div>`;
}
