// The kinds of events in a log of visits, by the names that shops and their tools give them.

/** By the number of behaviour::VisitEvent (src/behaviour/visit_features.h). */
export const kEventKinds = [
  'view',
  'add',
  'remove',
  'purchase',
  'products',
  'account',
  'information',
] as const;

/** From this number on: pages that are no product's. */
const kFirstPage = kEventKinds.indexOf('products');

const kNames: readonly RegExp[] = [
  /^(view|pv|pageview|page-view|product-view|view-item|detail|click|浏览|查看|点击)$/,
  /^(add|addtocart|add-to-cart|cart|basket|add-to-basket|加购|加入购物车)$/,
  /^(remove|removed|removefromcart|remove-from-cart|remove-from-basket|return|移除|删除)$/,
  /^(purchase|purchased|buy|bought|order|ordered|transaction|sale|购买|下单|支付)$/,
  /^(products|page-products|list|view-item-list|category|department|search|home)$/,
  /^(account|page-account|login|view-cart|checkout|begin-checkout|orders)$/,
  /^(information|page-information|help|faq|contact|delivery|about)$/,
];

/** The number of a cell's kind in kEventKinds; -1 for another one. */
export function eventKind(cell: string): number {
  const name = cell
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return kNames.findIndex((names) => names.test(name));
}

export function isPage(kind: number): boolean {
  return kind >= kFirstPage;
}
