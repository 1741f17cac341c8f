import { AbortedError } from '@sofd/core';

/** npm and a terminal may both pass on one Ctrl-C: what follows so soon is not a second one. */
const echoMs = 500;

/**
 * Stops a command's work on the first SIGINT or SIGTERM, at the next point where it can be gone on from. A second one ends the
 * process at once.
 *
 * @param controller - aborted with an {@link AbortedError}
 * @returns stops listening
 */
export function abortOnSignals(controller: AbortController): () => void {
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    clearTimeout(timer);
    process.off('SIGINT', abort).off('SIGTERM', abort);
  };
  const abort = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) return;
    controller.abort(new AbortedError(`sofd: expected to finish, got ${signal}; run the same command again.`));
    // Without a listener the next signal does what signals do.
    timer = setTimeout(release, echoMs);
    timer.unref();
  };
  process.on('SIGINT', abort).on('SIGTERM', abort);
  return release;
}
