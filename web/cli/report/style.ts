// The report's one style sheet: light and dark, a phone's width and a desk's, paper.
export const style = `
:root {
  color-scheme: light dark;
  --ground: #faf8f4; --card: #ffffff; --ink: #1d1f1c; --soft: #5c6159; --line: #e4e0d8;
  --green: #1f6b45; --amber: #9a5b00; --amber-ground: #fdf1dc; --track: #ece8df; --other: #a9b3a6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151714; --card: #1e211d; --ink: #eceae4; --soft: #a3a99f; --line: #33372f;
    --green: #63c193; --amber: #f0b45b; --amber-ground: #33270f; --track: #2c302a; --other: #6c7568;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
    "PingFang SC", "Microsoft YaHei", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
main { max-width: 920px; margin: 0 auto; padding: 40px 20px 64px; }
header p { color: var(--soft); margin: 0; }
h1 { font-size: 40px; line-height: 1.15; letter-spacing: -0.02em; margin: 4px 0 12px; }
h2 { font-size: 20px; margin: 0 0 8px; }
h3 { font-size: 16px; margin: 24px 0 8px; }
p { margin: 0 0 12px; }
.lead { font-size: 20px; line-height: 1.45; max-width: 44em; margin-top: 16px; color: var(--ink); }
.soft, td .soft { color: var(--soft); }
.small { font-size: 14px; }
p.small { margin-top: 12px; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 24px; margin-top: 24px;
}
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; margin-top: 24px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px; }
.tile b { display: block; font-size: 28px; line-height: 1.2; font-weight: 650; }
.tile span { color: var(--soft); font-size: 14px; }
figure { margin: 20px 0 0; }
figcaption { font-weight: 600; margin-bottom: 8px; }
.bar {
  display: grid; grid-template-columns: minmax(120px, 34%) 1fr 5.2em; gap: 12px; align-items: center;
  padding: 4px 0; font-size: 15px; line-height: 1.3;
}
.track { width: 100%; height: 16px; display: block; }
.bar-ground { fill: var(--track); }
.bar-fill { fill: var(--other); }
.bar.main .bar-fill { fill: var(--green); }
.bar.main .bar-label, .bar.main .bar-value { font-weight: 650; }
.bar-value { text-align: right; white-space: nowrap; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 24px; }
.plot svg { width: 100%; max-width: 360px; display: block; }
.plot .axis-up, .plot .axis-across { margin: 4px 0; }
.frame { fill: none; stroke: var(--line); }
.grid { fill: none; stroke: var(--line); stroke-width: 0.5; }
.chance { fill: none; stroke: var(--soft); stroke-dasharray: 4 4; }
.curve { fill: none; stroke: var(--other); stroke-width: 2; stroke-linejoin: round; }
.curve.main { stroke: var(--green); }
.tick { fill: var(--soft); font-size: 12px; }
.rug { stroke: var(--soft); }
.spread-most { fill: var(--green); fill-opacity: 0.14; }
.spread-half { fill: var(--green); fill-opacity: 0.24; }
.mean { fill: var(--green); }
.plot.dependence { margin-top: 8px; }
.dependence .bar { grid-template-columns: minmax(80px, 30%) 1fr 4em; padding: 3px 0; }
.dependence:has([open]) { grid-column: 1 / -1; }
.dependence .bar { max-width: 420px; }
.dependence .bar-label { grid-column: auto; }
summary { color: var(--soft); font-size: 14px; cursor: pointer; padding: 6px 0; }
.dot { fill: var(--green); fill-opacity: 0.45; }
.scroll { overflow-x: auto; }
.tree svg { display: block; font-size: 12px; }
.edge { fill: none; stroke: var(--other); }
.answer { fill: var(--soft); font-size: 11px; }
.inner { fill: var(--ground); stroke: var(--line); }
.leaf { fill: var(--track); }
.leaf-share { fill: var(--green); }
.node-title { fill: var(--ink); font-weight: 600; }
.node-rows { fill: var(--soft); font-size: 11px; }
.columns svg { width: 100%; height: 130px; display: block; border-bottom: 1px solid var(--line); }
.column { fill: var(--green); }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: 14px; margin-top: 4px; }
table { width: 100%; border-collapse: collapse; font-size: 15px; margin-top: 12px; }
th { text-align: left; font-weight: 600; font-size: 14px; color: var(--soft); }
th, td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
td { overflow-wrap: anywhere; }
td.name, td.kind, .together { white-space: nowrap; }
.file { min-width: 13em; }
.number { text-align: right; white-space: nowrap; }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 16px; margin-top: 16px; }
.example { border: 1px solid var(--line); border-radius: 12px; padding: 16px; break-inside: avoid; }
.example b { display: block; margin-bottom: 8px; line-height: 1.3; }
.example ol { margin: 0; padding-left: 1.4em; font-size: 15px; line-height: 1.4; }
.example li { margin-bottom: 3px; }
.bar-dot, .calibration-line { fill: var(--green); stroke: none; }
.calibration-line { fill: none; stroke: var(--soft); stroke-width: 0.5; stroke-dasharray: 2 1.5; }
.calibration svg { width: 100%; max-width: 280px; display: block; overflow: visible; }
.bar-other { fill: var(--other); }
.note { background: var(--amber-ground); border-radius: 8px; padding: 12px 16px; margin: 16px 0 0; }
.note + p { margin-top: 12px; }
ul.plain { margin: 8px 0 0; padding-left: 1.2em; }
ul.plain li { margin-bottom: 6px; }
pre {
  background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px;
  font-size: 14px; line-height: 1.5; overflow-x: auto; white-space: pre-wrap;
}
footer { color: var(--soft); font-size: 14px; margin-top: 32px; }
@media (max-width: 600px) {
  main { padding: 24px 14px 48px; }
  h1 { font-size: 28px; }
  .lead { font-size: 18px; }
  section { padding: 16px; }
  .bar { grid-template-columns: 1fr 5.2em; gap: 2px 12px; }
  .bar-label { grid-column: 1 / -1; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: 10px 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  td, td.number { display: grid; grid-template-columns: 6.5em 1fr; gap: 12px; border: 0; padding: 2px 0; text-align: left; }
  td::before { content: attr(data-label); color: var(--soft); white-space: normal; }
  td:first-child { display: block; font-weight: 600; }
  td:first-child::before { content: none; }
  td:has(> div:empty) { display: none; }
}
@media print {
  :root {
    --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --green: #1f6b45;
    --track: #eee; --other: #999; --amber-ground: #f6f0e4;
  }
  body { font-size: 11pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin-top: 28px; }
  h2, figcaption { break-after: avoid; }
  .tree svg { width: 100%; height: auto; }
  figure, .tile, tr { break-inside: avoid; }
}
`;
