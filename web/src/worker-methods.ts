// What a page calls of the objects in the worker and gets answered as they do: both ends of the port
// go by these lists.

export const kShopMethods = ['ask', 'answer', 'similar', 'info'] as const;
export const kVisitMethods = ['recommend', 'basket', 'export'] as const;
export const kModelMethods = [
  'run',
  'predict',
  'explain',
  'explainText',
  'reply',
  'trees',
  'classify',
  'rank',
  'request',
] as const;
