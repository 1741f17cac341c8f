import { throwIfAborted } from '@sofd/core';
import type { JobRunner } from './job-runner.js';
import { type JobContext, runExpandJob } from './run-expand-job.js';

/** Does one job after the other in this process. */
export function createLocalRunner(context: Omit<JobContext, 'signal'>): Pick<JobRunner, 'run'> {
  return {
    async run(jobs, { onDone, signal }) {
      for (const job of jobs) {
        throwIfAborted(signal, 'expandFolder');
        await runExpandJob(job, { ...context, signal });
        onDone(job);
      }
    },
  };
}
