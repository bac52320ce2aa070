// The words of the elements. Built in: English and Chinese; a page overrides single messages through
// the `messages` property. Placeholders stand in braces.

/** Every message. Placeholders: {item}, {name}, {share}, {amount}, {quantity}, {n}, {time}. */
export interface Messages {
  readonly loading: string;
  readonly unavailable: string;
  readonly headingForYou: string;
  readonly headingBecause: string;
  readonly headingPopular: string;
  readonly headingRelated: string;
  readonly headingBasket: string;
  readonly headingOffers: string;
  readonly headingHelp: string;
  readonly headingPrivacy: string;
  readonly add: string;
  readonly addNamed: string;
  readonly added: string;
  readonly soldOut: string;
  readonly why: string;
  readonly whyNamed: string;
  readonly reasonViewed: string;
  readonly reasonBasket: string;
  readonly reasonBought: string;
  readonly reasonSimilar: string;
  readonly reasonPopular: string;
  readonly reasonRule: string;
  readonly noOffers: string;
  readonly offerApplies: string;
  readonly offerAmountMissing: string;
  readonly offerPiecesMissing: string;
  readonly offerPieceMissing: string;
  readonly offerSuggested: string;
  readonly helpOpen: string;
  readonly helpClose: string;
  readonly helpGreeting: string;
  readonly helpCommon: string;
  readonly helpLabel: string;
  readonly helpPlaceholder: string;
  readonly helpSend: string;
  readonly helpYou: string;
  readonly helpShop: string;
  readonly helpClarify: string;
  readonly helpLost: string;
  readonly helpHandoff: string;
  readonly helpHandedOff: string;
  readonly privacyPromise: string;
  readonly privacyMemory: string;
  readonly privacySession: string;
  readonly privacyPersistent: string;
  readonly privacyBlocked: string;
  readonly privacyViewed: string;
  readonly privacyBasket: string;
  readonly privacyBought: string;
  readonly privacyNothing: string;
  readonly privacyEvents: string;
  readonly privacyView: string;
  readonly privacyAdd: string;
  readonly privacyRemove: string;
  readonly privacyPurchase: string;
  readonly privacyProducts: string;
  readonly privacyAccount: string;
  readonly privacyInformation: string;
  readonly privacyConsent: string;
  readonly privacyExport: string;
  readonly privacyErase: string;
  readonly privacyEraseSure: string;
  readonly privacyEraseYes: string;
  readonly privacyEraseNo: string;
  readonly privacyErased: string;
}

const en: Messages = {
  loading: 'Loading',
  unavailable: 'Suggestions are not available right now. Everything else in the shop works.',
  headingForYou: 'For you',
  headingBecause: 'Because you looked at {item}',
  headingPopular: 'Popular now',
  headingRelated: 'Goes with this',
  headingBasket: 'Often bought with your basket',
  headingOffers: 'Offers for you',
  headingHelp: 'Help',
  headingPrivacy: 'Your data',
  add: 'Add',
  addNamed: 'Add {name} to the basket',
  added: 'In the basket',
  soldOut: 'Sold out',
  why: 'Why?',
  whyNamed: 'Why {name}?',
  reasonViewed: 'You looked at {item}',
  reasonBasket: '{item} is in your basket',
  reasonBought: 'You bought {item}',
  reasonSimilar: 'Similar to {item}',
  reasonPopular: 'Other customers buy it often',
  reasonRule: 'Chosen by the shop',
  noOffers: 'No offer fits right now.',
  offerApplies: 'Saves {amount} on your basket',
  offerAmountMissing: '{amount} more for this offer',
  offerPiecesMissing: '{quantity} more pieces for this offer',
  offerPieceMissing: 'One more piece for this offer',
  offerSuggested: 'Fits what you looked at',
  helpOpen: 'Help',
  helpClose: 'Close help',
  helpGreeting: 'Ask about delivery, payment, returns and more. The answer comes from this page.',
  helpCommon: 'Common questions',
  helpLabel: 'Your question',
  helpPlaceholder: 'Where is my order?',
  helpSend: 'Ask',
  helpYou: 'You asked',
  helpShop: 'The shop answered',
  helpClarify: 'Did you mean one of these?',
  helpLost: 'I don’t know that one.',
  helpHandoff: 'Ask a person',
  helpHandedOff: 'Your question was passed on.',
  privacyPromise: 'Everything here stays on this device. Nothing is sent anywhere.',
  privacyMemory: 'It is forgotten when you leave this page.',
  privacySession: 'It is forgotten when you close this tab.',
  privacyPersistent: 'It is kept on this device until you remove it.',
  privacyBlocked: 'Your browser does not let this page keep it on this device.',
  privacyViewed: 'Products looked at: {n}',
  privacyBasket: 'Products in the basket: {n}',
  privacyBought: 'Products bought: {n}',
  privacyNothing: 'Nothing is remembered.',
  privacyEvents: 'Show all of it',
  privacyView: 'Looked at {item}, {time}',
  privacyAdd: 'Put {item} into the basket ({quantity}), {time}',
  privacyRemove: 'Took {item} out of the basket ({quantity}), {time}',
  privacyPurchase: 'Bought {item} ({quantity}), {time}',
  privacyProducts: 'Looked at a list of products, {time}',
  privacyAccount: 'Opened an account page, {time}',
  privacyInformation: 'Opened an information page, {time}',
  privacyConsent: 'Keep it on this device for my next visit',
  privacyExport: 'Save a copy',
  privacyErase: 'Forget it all',
  privacyEraseSure: 'Forget everything, the basket too?',
  privacyEraseYes: 'Yes, forget',
  privacyEraseNo: 'Keep it',
  privacyErased: 'Everything is forgotten.',
};

const zh: Messages = {
  loading: '正在加载',
  unavailable: '暂时无法提供推荐，商店的其他功能一切正常。',
  headingForYou: '为您推荐',
  headingBecause: '因为您看过 {item}',
  headingPopular: '热门商品',
  headingRelated: '搭配购买',
  headingBasket: '常与购物车中的商品一起购买',
  headingOffers: '适合您的优惠',
  headingHelp: '帮助',
  headingPrivacy: '您的数据',
  add: '加入购物车',
  addNamed: '将 {name} 加入购物车',
  added: '已在购物车中',
  soldOut: '售罄',
  why: '为什么？',
  whyNamed: '为什么推荐 {name}？',
  reasonViewed: '您看过 {item}',
  reasonBasket: '您的购物车里有 {item}',
  reasonBought: '您买过 {item}',
  reasonSimilar: '与 {item} 相似',
  reasonPopular: '其他顾客经常购买',
  reasonRule: '本店精选',
  noOffers: '目前没有合适的优惠。',
  offerApplies: '本次购物可省 {amount}',
  offerAmountMissing: '再购 {amount} 即可享受优惠',
  offerPiecesMissing: '再加 {quantity} 件即可享受优惠',
  offerPieceMissing: '再加一件即可享受优惠',
  offerSuggested: '与您看过的商品相关',
  helpOpen: '帮助',
  helpClose: '关闭帮助',
  helpGreeting: '您可以询问配送、付款、退货等问题，答案直接由本页面给出。',
  helpCommon: '常见问题',
  helpLabel: '您的问题',
  helpPlaceholder: '我的订单到哪里了？',
  helpSend: '提问',
  helpYou: '您的提问',
  helpShop: '商店的回答',
  helpClarify: '您想问的是以下哪一个？',
  helpLost: '这个问题我还不会回答。',
  helpHandoff: '联系人工客服',
  helpHandedOff: '您的问题已转交。',
  privacyPromise: '这里的一切都只保存在本设备上，不会发送到任何地方。',
  privacyMemory: '离开此页面后即被清除。',
  privacySession: '关闭此标签页后即被清除。',
  privacyPersistent: '保存在本设备上，直到您将其删除。',
  privacyBlocked: '您的浏览器不允许此页面在本设备上保存数据。',
  privacyViewed: '看过的商品：{n}',
  privacyBasket: '购物车中的商品：{n}',
  privacyBought: '买过的商品：{n}',
  privacyNothing: '没有任何记录。',
  privacyEvents: '显示全部记录',
  privacyView: '{time} 看了 {item}',
  privacyAdd: '{time} 将 {item} 加入购物车（{quantity} 件）',
  privacyRemove: '{time} 从购物车移除 {item}（{quantity} 件）',
  privacyPurchase: '{time} 购买了 {item}（{quantity} 件）',
  privacyProducts: '{time} 浏览了商品列表',
  privacyAccount: '{time} 打开了账户页面',
  privacyInformation: '{time} 打开了信息页面',
  privacyConsent: '保存在本设备上，下次访问时继续使用',
  privacyExport: '保存副本',
  privacyErase: '全部清除',
  privacyEraseSure: '清除全部记录，包括购物车？',
  privacyEraseYes: '是的，清除',
  privacyEraseNo: '保留',
  privacyErased: '已全部清除。',
};

/** The built-in messages by language. */
export const builtInMessages: { readonly [language: string]: Messages } = { en, zh };

/** The messages for a language tag: built in (English unless known), then the page's own. */
export function messagesFor(language: string, own: Partial<Messages> = {}): Messages {
  const primary = language.toLowerCase().split('-')[0] ?? 'en';
  return { ...(builtInMessages[primary] ?? en), ...own };
}

/** `template` with its {placeholders} filled; unknown ones stay as they are. */
export function fill(template: string, values: { readonly [name: string]: string }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
