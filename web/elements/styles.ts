// The looks that the elements share. Quiet by default: the page's own font and colours, borders mixed
// from the text colour, one accent. Change them by these variables, or reach parts with ::part().
//
//   --storewise-accent, --storewise-on-accent   buttons (deep green, white)
//   --storewise-saving                          savings (amber mixed with the text colour)
//   --storewise-surface                         cards and bubbles (a tint of the text colour)
//   --storewise-line                            borders
//   --storewise-focus                           focus ring (text colour)
//   --storewise-radius, --storewise-gap         12px, 16px
//   --storewise-card-width                      least width of a card, 150px

import { css } from 'lit';

export const shared = css`
  :host {
    --accent: var(--storewise-accent, #14532d);
    --on-accent: var(--storewise-on-accent, #fff);
    --saving: var(--storewise-saving, color-mix(in srgb, #b45309 65%, currentColor));
    --surface: var(--storewise-surface, color-mix(in srgb, currentColor 5%, transparent));
    --line: var(--storewise-line, color-mix(in srgb, currentColor 18%, transparent));
    --radius: var(--storewise-radius, 12px);
    --gap: var(--storewise-gap, 16px);
    display: block;
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  h4,
  h5,
  h6 {
    margin: 0 0 var(--gap);
    font-size: 1.25rem;
    line-height: 1.3;
    min-height: 1.3em;
  }
  ul,
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  p {
    margin: 0;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    min-height: 44px;
    padding: 8px 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: transparent;
    cursor: pointer;
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button:disabled {
    background: var(--surface);
    border-color: transparent;
    color: inherit;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--storewise-focus, currentColor);
    outline-offset: 2px;
  }
  .number {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .away {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
