import type { Progress, ProgressEvent } from '@sofd/core';
import { Presets, SingleBar } from 'cli-progress';

/** Without a terminal a bar would be noise in a log: one line every so often instead. */
const logIntervalMs = 10_000;

const formatTime = (seconds: number): string => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};

/** How fast a stage is and when it ends; what was done before it began, as in a run that is continued, does not count. */
function describeRate(
  { done, total }: ProgressEvent,
  start: { readonly done: number; readonly timeMs: number },
): string {
  const seconds = (performance.now() - start.timeMs) / 1000;
  if (done <= start.done || seconds === 0) return formatTime(seconds);
  const rate = (done - start.done) / seconds;
  return `${formatTime(seconds)}, ${rate < 10 ? rate.toPrecision(2) : Math.round(rate)}/s, ${formatTime((total - done) / rate)} left`;
}

/**
 * Shows progress events as bars on standard error, one bar a stage.
 *
 * @returns the callback that takes events, and a function that removes a bar left open
 */
export function createProgressDisplay(): { readonly progress: Progress; readonly stop: () => void } {
  let bar: SingleBar | undefined;
  let stage = '';
  let start = { done: 0, timeMs: 0 };
  const stop = () => {
    bar?.stop();
    bar = undefined;
    stage = '';
  };
  const progress: Progress = (event) => {
    if (event.stage !== stage) {
      stop();
      stage = event.stage;
      start = { done: event.done, timeMs: performance.now() };
      bar = new SingleBar(
        {
          format: `  ${event.stage} [{bar}] {value}/{total} {note} | {rate}`,
          hideCursor: true,
          noTTYOutput: true,
          notTTYSchedule: logIntervalMs,
        },
        Presets.legacy,
      );
      bar.start(event.total, event.done, { note: event.note ?? '', rate: '' });
    }
    bar?.setTotal(event.total);
    bar?.update(event.done, { note: event.note ?? '', rate: describeRate(event, start) });
    if (event.done >= event.total) stop();
  };
  return { progress, stop };
}
