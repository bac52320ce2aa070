// Pictures in portions. A drawing is some thirty SVG nodes; forty of them at once would hold the page
// up for longer than a finger notices. The first eight come with the page, the rest of a long list
// eight at a time, while the browser can answer in between. Their places are kept.

import { html, type SVGTemplateResult, type TemplateResult } from 'lit';
import { drawing, type Pictured } from '../motifs/index.js';
import { family } from '../motifs/palette.js';

const portion = 8;

let granted = new Set<string>();
let left = portion;
let refused = false;

/** Call before a page is drawn: eight more may come, or none in the very `first` drawing. */
export function beginPortion(first: boolean): void {
  left = first ? 0 : portion;
  refused = false;
}

/** Call after a page was drawn: whether there are pictures still to come. */
export function morePictures(): boolean {
  return refused;
}

/** Call when another page is opened: it starts with its own first eight. */
export function forgetPictures(): void {
  granted = new Set();
}

function grant(key: string): boolean {
  if (granted.has(key)) return true;
  if (left === 0) {
    refused = true;
    return false;
  }
  left--;
  granted.add(key);
  return true;
}

const drawn = new Map<string, SVGTemplateResult>();

function draw(product: Pictured): SVGTemplateResult {
  let result = drawn.get(product.id);
  if (result === undefined) {
    result = drawing(product);
    drawn.set(product.id, result);
  }
  return result;
}

/**
 * A product's picture on its department's backdrop, or the backdrop alone until its turn comes.
 * Decorative: the name stands beside it as text. `place` tells apart the same product on two shelves.
 */
export function picture(product: Pictured, place = ''): TemplateResult {
  const { hue } = family(product.departmentEn);
  const ready = grant(`${place}/${product.id}`);
  return html`<svg
    class="picture ${ready ? '' : 'waiting'}"
    style="--hue:${hue}"
    viewBox="0 0 160 160"
    aria-hidden="true"
    focusable="false"
  >${ready ? draw(product) : ''}</svg>`;
}

/** A drawing without a backdrop, for tiles and still lifes; '' until its turn comes. */
export function bare(product: Pictured, place: string): SVGTemplateResult | '' {
  return grant(`${place}/${product.id}`) ? drawing(product) : '';
}
