// Telling everybody who listens.

/** @internal Calls every listener; one that throws is the page's to hear of, not the caller's to suffer. */
export function notify<T>(listeners: Iterable<(news: T) => void>, news: T): void {
  for (const listener of [...listeners]) {
    try {
      listener(news);
    } catch (error) {
      (globalThis.reportError ?? console.error)(error);
    }
  }
}
