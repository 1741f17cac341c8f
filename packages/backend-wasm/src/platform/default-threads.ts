import { platform } from '#backend-wasm/platform';

/**
 * The threads of an engine that is not told: in Node `SOFD_THREADS`, else one a physical core. For engines beside this one.
 *
 * @throws InvalidOptionError when `SOFD_THREADS` is not a whole number above 0.
 */
export const defaultThreads = (): number => platform.defaultThreads();
