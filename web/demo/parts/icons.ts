// Line icons, 24 x 24, drawn here. Always beside a label or on a labelled button.

import { html, type TemplateResult } from 'lit';

const icon = (path: string): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;

export const icons = {
  search: icon('M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm5.2 12.2L21 21'),
  basket: icon(
    'M4 9h16l-1.6 9.2a2 2 0 0 1-2 1.8H7.6a2 2 0 0 1-2-1.8L4 9zm4 0 3-5m5 5-3-5M9.5 13v3.5m5-3.5v3.5',
  ),
  help: icon(
    'M4 5.5h16v11h-8.5L7 20.5v-4H4zm6 4.2c0-1.2.9-2 2-2s2 .8 2 1.9c0 1.4-2 1.5-2 3m0 1.7v.1',
  ),
  close: icon('M6 6l12 12M18 6 6 18'),
  plus: icon('M12 5v14M5 12h14'),
  minus: icon('M5 12h14'),
  moon: icon('M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.500z'),
  sun: icon(
    'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0-5v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400m0-12.800L17 7M7 17l-1.4 1.4',
  ),
  shield: icon('M12 3.500l7 2.500v5.500c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6zM9 12l2.2 2.200L15.2 10'),
  ticket: icon(
    'M4 7h16v3.500a1.5 1.5 0 0 0 0 3V17H4v-3.500a1.5 1.5 0 0 0 0-3zM14 7.500v2m0 2v1.500m0 2v1.5',
  ),
  arrow: icon('M5 12h13m-5-5 5 5-5 5'),
  trash: icon('M5 7h14M10 7V4.500h4V7m3 0-.800 12.500H7.800L7 7m3.5 3.500v6m3-6v6'),
  eye: icon(
    'M3 12c3-5 6-6.5 9-6.500s6 1.5 9 6.500c-3 5-6 6.5-9 6.500S6 17 3 12zm9-2.700a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.400z',
  ),
  receipt: icon('M6 3.500h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.500zM9 8.500h6m-6 4h6'),
  save: icon('M12 4v10m-4-4 4 4 4-4M5 17v3h14v-3'),
  cog: icon('M4 7h9m5 0h2M4 17h3m5 0h8M15.5 4.800v4.400M9.5 14.800v4.4'),
  check: icon('M5 12.500l4.5 4.500L19 7.5'),
  phone: icon(
    'M6 4h3.500l1.5 4-2 1.500a12 12 0 0 0 5.5 5.500l1.5-2 4 1.500V18a2 2 0 0 1-2 2A14.5 14.5 0 0 1 4 6a2 2 0 0 1 2-2z',
  ),
  mail: icon('M4 6h16v12H4zm0 1 8 6 8-6'),
} as const;

export const leaf = html`<svg class="leaf" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="9" /><path class="blade" d="M8.5 23C7 12 14 7.5 25 8.500c1 11-6 17-16.5 14.500z" /><path class="vein" d="M7.5 25.500C11 19.5 14.5 15.5 20.5 12.5" /></svg>`;
