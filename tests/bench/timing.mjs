// Timing within one run: medians, and ratios that hold on a noisy machine because all sides take
// turns. Runs in Node and, served as a module, in a page.

export function median(values) {
  return percentile(values, 0.5);
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

// One turn of a side: samples in milliseconds per call, for `milliseconds` or a little longer. A
// sample is one call, or as many as it takes to be long against the step of the clock.
const kShortest = 0.05;

function turnOfSync(body, milliseconds, state) {
  const samples = [];
  let calls = 0;
  const start = performance.now();
  let now = start;
  while (now - start < milliseconds) {
    const before = now;
    for (let i = 0; i < state.calls; i += 1) body();
    now = performance.now();
    calls += state.calls;
    samples.push((now - before) / state.calls);
    if (now - before < kShortest) state.calls *= 2;
  }
  return { samples, calls };
}

async function turnOfAsync(body, milliseconds, state) {
  const samples = [];
  let calls = 0;
  const start = performance.now();
  let now = start;
  while (now - start < milliseconds) {
    const before = now;
    for (let i = 0; i < state.calls; i += 1) await body();
    now = performance.now();
    calls += state.calls;
    samples.push((now - before) / state.calls);
    if (now - before < kShortest) state.calls *= 2;
  }
  return { samples, calls };
}

/**
 * Times several sides in turn, `rounds` times, after a warm-up. `sides` are { body, isAsync }; a
 * synchronous one is timed without the cost of awaiting. For each side { median, p95 } in
 * milliseconds per call, and `ratio`: the median over the rounds of its time / the first side's.
 *
 * `clock` gives the milliseconds that the processor spent on us, where that can be known: ratios are
 * of those, so that others who use the machine do not count. They would weigh on long calls more
 * than on short ones. Elsewhere ratios are of the rounds' medians.
 */
export async function compare(sides, { rounds = 9, milliseconds = 25, clock } = {}) {
  const states = sides.map(() => ({ calls: 1 }));
  const turn = async (i, length) => {
    const { body, isAsync } = sides[i];
    const before = clock?.();
    const { samples, calls } = isAsync
      ? await turnOfAsync(body, length, states[i])
      : turnOfSync(body, length, states[i]);
    return { samples, cost: clock ? (clock() - before) / calls : median(samples) };
  };
  // Engines compile a second time what turns out to be hot.
  for (let i = 0; i < sides.length; i += 1) await turn(i, 4 * milliseconds);
  const all = sides.map(() => []);
  const ratios = sides.map(() => []);
  const costs = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < sides.length; i += 1) {
      const { samples, cost } = await turn(i, milliseconds);
      all[i].push(...samples);
      costs[i].push(cost);
    }
    for (let i = 0; i < sides.length; i += 1) ratios[i].push(costs[i][round] / costs[0][round]);
  }
  return all.map((samples, i) => ({
    median: median(samples),
    p95: percentile(samples, 0.95),
    cost: median(costs[i]),
    ratio: median(ratios[i]),
  }));
}
