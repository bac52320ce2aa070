// Each file of the shop is fetched once, though the page and the engine both read some of them.

const kept = new Map<string, Promise<Response>>();

/**
 * Like `fetch`, but the second call for an address gets a copy of the first response. The download
 * is shared, so no caller's signal stops it: an engine that gives up must not take the shelves along.
 */
export const fetchOnce: typeof fetch = async (input, init = {}) => {
  const { signal, ...shared } = init;
  const url = input instanceof Request ? input.url : new URL(input, document.baseURI).href;
  let first = kept.get(url);
  if (first === undefined) {
    first = fetch(input, shared);
    kept.set(url, first);
    first.then(
      (response) => {
        if (!response.ok) kept.delete(url);
      },
      () => kept.delete(url),
    );
  }
  const response = await first;
  signal?.throwIfAborted();
  return response.clone();
};

/** Lets the kept responses go once everybody has read them. */
export function forgetFiles(): void {
  kept.clear();
}

export async function fetchJson<T>(url: URL): Promise<T> {
  const response = await fetchOnce(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return (await response.json()) as T;
}
