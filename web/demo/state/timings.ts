// How long the page's answers took, for the footer line and the panel behind it.

export const timedKinds = ['recommend', 'similar', 'offers', 'ask', 'search'] as const;
export type TimedKind = (typeof timedKinds)[number];

const times = new Map<TimedKind, number[]>();
let last: number | null = null;

export function timed<T>(kind: TimedKind, work: () => T): T {
  const started = performance.now();
  const result = work();
  const took = performance.now() - started;
  const list = times.get(kind) ?? [];
  list.push(took);
  if (list.length > 200) list.shift();
  times.set(kind, list);
  last = took;
  return result;
}

export function lastAnswer(): number | null {
  return last;
}

export function summary(): readonly {
  kind: TimedKind;
  count: number;
  median: number;
  last: number;
}[] {
  return timedKinds.flatMap((kind) => {
    const list = times.get(kind);
    const newest = list?.at(-1);
    if (list === undefined || newest === undefined) return [];
    const sorted = [...list].sort((a, b) => a - b);
    return [
      { kind, count: list.length, median: sorted[sorted.length >> 1] ?? newest, last: newest },
    ];
  });
}
