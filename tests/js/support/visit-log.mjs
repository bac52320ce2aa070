// A made log of visits, the same everywhere.

/** Numbers in [0, 1) (Park and Miller, 1988). */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * The CSV of visits, one after another, in which who puts two things into the basket mostly buys; of
 * the first `buying` visits only.
 */
export function visitLog(visits, { buying = visits } = {}) {
  const random = generator(5);
  const lines = ['session,item,time,event,user,quantity'];
  for (let v = 0; v < visits; ++v) {
    let time = Date.UTC(2026, 0, 5) / 1000 + v * 4000;
    let adds = 0;
    const count = 1 + Math.floor(random() * 10);
    const add = (item, event) =>
      lines.push(`v${v},${item},${new Date(time * 1000).toISOString()},${event},u${v % 300},`);
    for (let i = 0; i < count; ++i) {
      time += 5 + Math.floor(random() * 60);
      const event = i > 0 && random() < 0.25 ? 'add_to_cart' : i === 0 ? 'home' : 'View';
      if (event === 'add_to_cart') adds += 1;
      add(event === 'home' ? '' : `p${Math.floor(random() * 5)}`, event);
    }
    time += 30;
    if (v < buying && adds >= 2 && random() < 0.8) add('p0', 'purchase');
  }
  return `${lines.join('\n')}\n`;
}
