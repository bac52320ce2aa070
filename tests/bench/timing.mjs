// Timing within one run: medians, and a ratio that holds on a noisy machine because both sides
// take turns. Runs in Node and, served as a module, in a page.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Milliseconds per call of `body`, measured over enough calls that the clock's step is small. */
export async function timeCalls(body, { minimum = 30, batchMilliseconds = 10 } = {}) {
  let calls = 1;
  for (;;) {
    const start = performance.now();
    for (let i = 0; i < calls; i += 1) await body(i);
    const spent = performance.now() - start;
    if (spent >= minimum) return spent / calls;
    calls = Math.max(calls * 2, Math.ceil((calls * batchMilliseconds) / Math.max(spent, 0.01)));
  }
}

/**
 * Times synchronous calls of ours against awaited calls of theirs, in turn, `rounds` times.
 * Gives the medians in milliseconds and the median of the rounds' ratios theirs / ours.
 */
export async function compare(ours, theirs, rounds = 9) {
  const timeOurs = () => timeSync(ours);
  await timeOurs();
  await timeCalls(theirs);
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    samples.push([timeOurs(), await timeCalls(theirs)]);
  }
  return {
    ours: median(samples.map(([a]) => a)),
    theirs: median(samples.map(([, b]) => b)),
    ratio: median(samples.map(([a, b]) => b / a)),
  };
}

/** Milliseconds per call of a synchronous function, without the cost of awaiting. */
export function timeSync(body, minimum = 30) {
  let calls = 1;
  for (;;) {
    const start = performance.now();
    for (let i = 0; i < calls; i += 1) body(i);
    const spent = performance.now() - start;
    if (spent >= minimum) return spent / calls;
    calls *= 2;
  }
}
