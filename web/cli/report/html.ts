// The one place where text becomes HTML. Everything that came out of a shop's file goes through here.

const kEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and quoted attributes. Control characters are dropped. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => kEntities[character] as string)
    .replace(/\p{Cc}/gu, (character) => (character === '\n' ? '\n' : ' '));
}

/** A list; '' without lines. */
export function bullets(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<ul class="plain">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}

/** A table; cells are HTML already. `numeric` columns are right-aligned; no cell without a heading wraps. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly number[] = [],
): string {
  const cell = (tag: string, content: string, i: number): string => {
    const label = tag === 'td' ? ` data-label="${escapeHtml(headings[i] ?? '')}"` : '';
    const kind = numeric.includes(i)
      ? 'number'
      : headings[i] === ''
        ? 'name'
        : headings[i] === 'File'
          ? 'file'
          : headings[i] === 'Kind'
            ? 'kind'
            : '';
    return `<${tag}${kind === '' ? '' : ` class="${kind}"`}${label}>${tag === 'td' ? `<div>${content}</div>` : content}</${tag}>`;
  };
  const head = headings.map((heading, i) => cell('th', escapeHtml(heading), i)).join('');
  const body = rows
    .map((row) => `<tr>${row.map((content, i) => cell('td', content, i)).join('')}</tr>`)
    .join('\n');
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
