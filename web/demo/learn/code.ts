// A program as it is shown: its words in their colours, every character as it is.

import { html, type TemplateResult } from 'lit';

const kWords = /(\/\/.*$)|('[^']*')|\b(import|from|const|await|for|of)\b|(\b\d+(?:\.\d+)?\b)/gm;
const kKinds = ['comment', 'text', 'keyword', 'number'];

export function code(program: string): TemplateResult {
  const parts: (TemplateResult | string)[] = [];
  let at = 0;
  for (const match of program.matchAll(kWords)) {
    const kind = kKinds[match.slice(1).findIndex((group) => group !== undefined)] ?? '';
    parts.push(program.slice(at, match.index), html`<span class=${kind}>${match[0]}</span>`);
    at = match.index + match[0].length;
  }
  parts.push(program.slice(at));
  return html`<pre class="program" tabindex="0"><code>${parts}</code></pre>`;
}
