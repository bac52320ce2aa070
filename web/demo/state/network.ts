// Counts what the page really fetched: the browser's own resource timing, not our bookkeeping.

export interface Traffic {
  /** Bytes of everything that came before the shop was ready, as transferred or, from the cache, as stored. */
  bytes: number;
  /** Requests since the shop was ready. Stays 0. */
  since: number;
  /** Addresses of those requests, newest last, for the panel. */
  urls: string[];
}

export const traffic: Traffic = { bytes: 0, since: 0, urls: [] };

let ready = Number.POSITIVE_INFINITY;

function sizeOf(entry: PerformanceResourceTiming): number {
  return entry.transferSize > 0 ? entry.transferSize : entry.encodedBodySize;
}

/** Starts watching; `changed` is called when the figures change. */
export function watchTraffic(changed: () => void): void {
  for (const entry of performance.getEntriesByType('navigation')) {
    traffic.bytes += sizeOf(entry as PerformanceNavigationTiming);
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.startTime <= ready) {
        traffic.bytes += sizeOf(entry);
      } else {
        traffic.since++;
        traffic.urls.push(entry.name);
      }
    }
    changed();
  });
  observer.observe({ type: 'resource', buffered: true });
}

/** From now on every request counts as "since load". */
export function markReady(): void {
  ready = performance.now();
}

export function markLoading(): void {
  ready = Number.POSITIVE_INFINITY;
}
