import { InvalidOptionError } from '@sofd/core';

/** What {@link chooseThreads} decides from. */
export interface ThreadChoice {
  /** The environment variable `SOFD_THREADS`. */
  readonly requested: string | undefined;
  /** Cores that the process may use, hyper-threads counted. */
  readonly logicalCores: number;
  /** As Node names it: `'x64'`, `'arm64'`. */
  readonly architecture: string;
  /** The text of Linux's /proc/cpuinfo; undefined on other systems. */
  readonly cpuInfo: string | undefined;
}

/**
 * The threads of an engine in Node: as many as are asked for, else one a physical core.
 *
 * Hyper-threads share the units that multiply, so that a second thread on a core only gets in the way of the first.
 *
 * @throws InvalidOptionError when the number asked for is not a whole number above 0.
 */
export function chooseThreads({ requested, logicalCores, architecture, cpuInfo }: ThreadChoice): number {
  if (requested !== undefined) {
    if (/^[1-9]\d{0,3}$/.test(requested)) return Number(requested);
    throw new InvalidOptionError(
      `SOFD_THREADS: expected a whole number from 1 to 9999, got '${requested}'; correct or unset the variable.`,
    );
  }
  // Only computers of the x86 family have hyper-threads.
  const assumed = cpuInfo === undefined && architecture === 'x64' ? Math.max(1, logicalCores >> 1) : logicalCores;
  // A process may be confined to fewer cores than the machine has.
  return Math.min(logicalCores, countPhysicalCores(cpuInfo ?? '') ?? assumed);
}

/** Pairs of socket and core in /proc/cpuinfo, or undefined where it does not name them, as on ARM and in some virtual machines. */
function countPhysicalCores(cpuInfo: string): number | undefined {
  const cores = new Set<string>();
  for (const processor of cpuInfo.split(/\n\s*\n/)) {
    const socket = /^physical id\s*:\s*(\d+)/m.exec(processor)?.[1];
    const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
    if (socket !== undefined && core !== undefined) cores.add(`${socket}/${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}
