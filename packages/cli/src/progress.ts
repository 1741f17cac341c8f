import type { Progress } from '@sofd/core';
import { Presets, SingleBar } from 'cli-progress';

/** Without a terminal a bar would be noise in a log: one line every so often instead. */
const logIntervalMs = 10_000;

/**
 * Shows progress events as bars on standard error, one bar a stage.
 *
 * @returns the callback that takes events, and a function that removes a bar left open
 */
export function createProgressDisplay(): { readonly progress: Progress; readonly stop: () => void } {
  let bar: SingleBar | undefined;
  let stage = '';
  const stop = () => {
    bar?.stop();
    bar = undefined;
    stage = '';
  };
  const progress: Progress = (event) => {
    if (event.stage !== stage) {
      stop();
      stage = event.stage;
      bar = new SingleBar(
        {
          format: `  ${event.stage} [{bar}] {value}/{total} {note} | {duration_formatted}, {eta_formatted} left`,
          hideCursor: true,
          noTTYOutput: true,
          notTTYSchedule: logIntervalMs,
          etaBuffer: 50,
        },
        Presets.legacy,
      );
      bar.start(event.total, event.done, { note: event.note ?? '' });
    }
    bar?.setTotal(event.total);
    bar?.update(event.done, { note: event.note ?? '' });
    if (event.done >= event.total) stop();
  };
  return { progress, stop };
}
