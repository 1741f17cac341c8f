/** Runs something several times, one after another, and returns the milliseconds of each. */
export async function timeRuns(run: () => Promise<unknown>, iterations: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < iterations; i += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}
