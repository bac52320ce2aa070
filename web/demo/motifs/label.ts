// Words on packs. SVG text is not measured (that would force layout for every card), so widths are
// estimated; estimates err on the wide side and long brands break into two lines.

import { nothing, type SVGTemplateResult, svg } from 'lit';
import { emblem } from './emblems.js';
import type { Paint } from './palette.js';

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Width of `text` in ems, bold sans; CJK counts a full em. */
function ems(text: string): number {
  let width = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code > 0x2e80) width += 1.02;
    else if (/[MW%@]/.test(char)) width += 0.92;
    else if (/[A-Z&0-9]/.test(char)) width += 0.7;
    else if (/[ilj.,'’ ]/.test(char)) width += 0.32;
    else width += 0.6;
  }
  return Math.max(width, 0.5);
}

function halves(text: string): readonly string[] {
  const words = text.split(' ');
  if (words.length < 2) return [text];
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < words.length; i++) {
    const longer = Math.max(ems(words.slice(0, i).join(' ')), ems(words.slice(i).join(' ')));
    if (longer < least) {
      least = longer;
      best = i;
    }
  }
  return [words.slice(0, best).join(' '), words.slice(best).join(' ')];
}

/** `text` fitted into `box`, centred; one line, or two where that is larger. Largest size `max`. */
export function fit(text: string, box: Box, fill: string, max = 15, weight = 700): unknown {
  if (!text) return nothing;
  const one = Math.min(max, box.w / ems(text), box.h * 0.95);
  const pair = halves(text);
  const two =
    pair.length === 2 ? Math.min(max, box.w / Math.max(...pair.map(ems)), box.h * 0.47) : 0;
  const lines = two > one * 1.15 ? pair : [text];
  const size = Math.max(lines.length === 2 ? two : one, 3.5);
  const step = size * 1.04;
  const top = box.y + box.h / 2 - ((lines.length - 1) * step) / 2 + size * 0.35;
  return lines.map(
    (line, i) => svg`<text x=${r(box.x + box.w / 2)} y=${r(top + i * step)} fill=${fill}
      font-size=${r(size)} font-weight=${weight} text-anchor="middle">${line}</text>`,
  );
}

function r(value: number): string {
  return value.toFixed(1);
}

/** "16 oz" from "16 OZ": sizes shout in the till's data, not on the shelf. */
export function sizeText(size: string): string {
  return size.length > 14 ? '' : size;
}

/**
 * The label of a pack: brand, a small drawing of what is inside, size. Four layouts; which one is
 * fixed by the product. Works in boxes from 40 x 34 upwards.
 */
export function label(
  p: Paint,
  box: Box,
  layouts: readonly number[] = [0, 1, 2, 3],
): SVGTemplateResult {
  const { x, y, w, h } = box;
  const layout = layouts[p.pick(layouts.length, 11)] as number;
  const inside = emblem(p);
  const size = sizeText(p.size);
  const pad = 4;
  const foot = size ? Math.min(11, h * 0.2) : 3;
  if (layout === 1) {
    // A round paper seal with the drawing, the brand straight on the pack above it.
    const head = h * 0.3;
    const radius = Math.min(w / 2 - 2, (h - head - foot) / 2);
    return svg`
      ${fit(p.brand, { x: x + 2, y, w: w - 4, h: head }, p.ink)}
      <circle cx=${x + w / 2} cy=${y + head + radius} r=${radius} fill=${p.paper} />
      ${inside(x + w / 2, y + head + radius, radius * 1.5)}
      ${fit(size, { x, y: y + h - foot, w, h: foot }, p.ink, 8.5, 600)}`;
  }
  if (layout === 2) {
    // A broad band across the middle, drawing above, size below.
    const band = h * 0.34;
    const top = y + h * 0.46;
    return svg`
      ${inside(x + w / 2, y + h * 0.23, Math.min(w * 0.8, h * 0.44))}
      <rect x=${x} y=${top} width=${w} height=${band} fill=${p.paper} />
      ${fit(p.brand, { x: x + pad, y: top + 1, w: w - pad * 2, h: band - 2 }, p.paperInk)}
      ${fit(size, { x, y: top + band + 1, w, h: h - h * 0.46 - band - 1 }, p.ink, 8.5, 600)}`;
  }
  if (layout === 3) {
    // Paper with a coloured head that carries the brand.
    const head = h * 0.34;
    return svg`
      <rect x=${x} y=${y} width=${w} height=${h} rx="3" fill=${p.paper} />
      <path d="M${x} ${y + head}V${y + 3}a3 3 0 0 1 3-3h${w - 6}a3 3 0 0 1 3 3v${head - 3}z" fill=${p.accent} />
      ${fit(p.brand, { x: x + pad, y: y + 1, w: w - pad * 2, h: head - 2 }, contrast(p.accent))}
      ${inside(x + w / 2, y + head + (h - head - foot) / 2 + 1, Math.min(w * 0.8, h - head - foot - 3))}
      ${fit(size, { x, y: y + h - foot - 1, w, h: foot }, p.paperInk, 8.5, 600)}`;
  }
  // Plain paper: brand, drawing, size.
  const head = h * 0.3;
  return svg`
    <rect x=${x} y=${y} width=${w} height=${h} rx="4" fill=${p.paper} />
    ${fit(p.brand, { x: x + pad, y: y + 3, w: w - pad * 2, h: head }, p.paperInk)}
    ${inside(x + w / 2, y + 3 + head + (h - head - foot - 4) / 2, Math.min(w * 0.8, h - head - foot - 6))}
    ${fit(size, { x, y: y + h - foot - 1.5, w, h: foot }, p.paperInk, 8.5, 600)}`;
}

/** Brand over size on a small paper tag, for goods that have no pack to print on. */
export function tag(p: Paint, box: Box): unknown {
  const { x, y, w, h } = box;
  const size = sizeText(p.size);
  if (!p.brand && !size) return nothing;
  const split = p.brand && size ? 0.56 : p.brand ? 1 : 0;
  return svg`
    <rect x=${x} y=${y} width=${w} height=${h} rx="4" fill=${p.paper} />
    <rect x=${x} y=${y} width=${w} height=${h} rx="4" fill="none" stroke=${p.main} stroke-width="1.5" />
    ${fit(p.brand, { x: x + 4, y: y + 2, w: w - 8, h: h * split - 3 }, p.paperInk, 11)}
    ${fit(size, { x: x + 4, y: y + h * split, w: w - 8, h: h * (1 - split) - 2 }, p.paperInk, 8.5, 600)}`;
}

function contrast(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16)) as [
    number,
    number,
    number,
  ];
  return red * 0.3 + green * 0.59 + blue * 0.11 > 150 ? '#26221c' : '#fffdf8';
}
