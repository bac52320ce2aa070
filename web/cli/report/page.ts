// The frame that every report has: one page that needs nothing else, no script, no font, no request.
import { escapeHtml as text } from './html.js';
import { style } from './style.js';

export interface Page {
  title: string;
  /** Above the title: what this is, and of when. */
  kicker: string;
  /** The result in a sentence or two. */
  lead: string;
  tiles: readonly { value: string; label: string }[];
  /** HTML; empty ones are left out. */
  sections: readonly string[];
  /** HTML. */
  footer: string;
}

export function page(of: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${text(of.title)}: storewise report</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p>${text(of.kicker)}</p>
<h1>${text(of.title)}</h1>
<p class="lead">${text(of.lead)}</p>
</header>
<div class="tiles">
${of.tiles.map((tile) => `<div class="tile"><b>${text(tile.value)}</b><span>${text(tile.label)}</span></div>`).join('\n')}
</div>
${of.sections.filter((section) => section !== '').join('\n')}
<footer>${of.footer}</footer>
</main>
</body>
</html>
`;
}

/** A part of the page; `body` is HTML. */
export function section(title: string, body: string): string {
  return `<section>\n<h2>${text(title)}</h2>\n${body}\n</section>`;
}
