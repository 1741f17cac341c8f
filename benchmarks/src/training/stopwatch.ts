/** Adds up how much of a core's time lies before each mark of a step. */
export interface Stopwatch {
  /** Begins a step. */
  start(): void;
  /** Counts the time since the last mark for this name. */
  mark(name: string): void;
  reset(): void;
  /** Milliseconds a step, by name in the order of the first step. */
  read(): Readonly<Record<string, number>>;
}

/**
 * A stopwatch.
 *
 * @param clock - microseconds; of the process where not given, so that other programs do not count.
 */
export function createStopwatch(clock: () => number = processMicroseconds): Stopwatch {
  const sums = new Map<string, number>();
  let steps = 0;
  let last = 0;
  return {
    start() {
      steps += 1;
      last = clock();
    },
    mark(name) {
      const now = clock();
      sums.set(name, (sums.get(name) ?? 0) + now - last);
      last = now;
    },
    reset() {
      sums.clear();
      steps = 0;
    },
    read: () => Object.fromEntries([...sums].map(([name, sum]) => [name, sum / steps / 1000])),
  };
}

function processMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
