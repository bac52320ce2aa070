// Where the visitor is: everything after the #. Keeps the scroll position of each entry of the
// browser's history, since pages are drawn after the moment at which the browser restores it.

export type Route =
  | { readonly page: 'home' }
  | {
      readonly page: 'department';
      readonly key: string;
      readonly category: string;
      readonly sort: Sort;
    }
  | { readonly page: 'search'; readonly query: string }
  | { readonly page: 'product'; readonly id: string }
  | { readonly page: 'basket' }
  | { readonly page: 'data' }
  | { readonly page: 'missing' };

export const sorts = ['popular', 'cheap', 'dear', 'name'] as const;
export type Sort = (typeof sorts)[number];

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?');
  const [page = '', id = ''] = path.replace(/^\//, '').split('/');
  const query = new URLSearchParams(search);
  switch (page) {
    case '':
      return { page: 'home' };
    case 'department': {
      const sort = sorts.find((one) => one === query.get('sort')) ?? 'popular';
      return { page, key: decode(id), category: query.get('category') ?? '', sort };
    }
    case 'search':
      return { page, query: query.get('q') ?? '' };
    case 'product':
      return { page, id: decode(id) };
    case 'basket':
      return { page };
    case 'your-data':
      return { page: 'data' };
    default:
      return { page: 'missing' };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // "%" typed by hand
  }
}

export const links = {
  home: '#/',
  basket: '#/basket',
  data: '#/your-data',
  /** Pages of their own, beside this one. */
  compare: './compare.html',
  models: './behaviour.html',
  learn: './learn.html',
  product: (id: string) => `#/product/${encodeURIComponent(id)}`,
  search: (query: string) => `#/search?q=${encodeURIComponent(query)}`,
  department: (key: string, category = '', sort: Sort = 'popular') => {
    const query = new URLSearchParams();
    if (category) query.set('category', category);
    if (sort !== 'popular') query.set('sort', sort);
    const text = query.toString();
    return `#/department/${encodeURIComponent(key)}${text ? `?${text}` : ''}`;
  },
};

const scrolls = new Map<string, number>();
let entry = 'first';
let count = 0;

/** `same`: a filter, or another letter in the search field, as against a new page. */
export interface Move {
  readonly same: boolean;
  /** Where the page stood when the visitor left it; 0 for a new entry of the history. */
  readonly scroll: number;
}

let current: Route = { page: 'home' };
let report: (route: Route, move: Move) => void = () => {};

/** Calls `moved` whenever the address changes; returns the route at the start. */
export function watchRoute(moved: (route: Route, move: Move) => void): Route {
  history.scrollRestoration = 'manual';
  current = parseRoute(location.hash);
  report = moved;
  addEventListener('scroll', () => scrolls.set(entry, scrollY), { passive: true });
  addEventListener('hashchange', () => {
    const known = (history.state as { entry?: string } | null)?.entry;
    entry = known ?? `e${++count}.${Math.round(performance.now())}`;
    if (known === undefined) history.replaceState({ entry }, '');
    arrive(known === undefined ? 0 : (scrolls.get(entry) ?? 0));
  });
  history.replaceState({ entry }, '');
  return current;
}

/** Changes the address without a new entry in the browser's history. */
export function replaceRoute(link: string): void {
  history.replaceState({ entry }, '', link);
  arrive(scrollY);
}

function arrive(scroll: number): void {
  const last = current;
  current = parseRoute(location.hash);
  report(current, { same: samePage(last, current), scroll });
}

function samePage(a: Route, b: Route): boolean {
  if (a.page === 'department' && b.page === 'department') return a.key === b.key;
  return a.page === 'search' && b.page === 'search';
}
