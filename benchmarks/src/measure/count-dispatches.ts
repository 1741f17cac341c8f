import { join } from 'node:path';
import type { DispatchCount } from '../comparisons.js';
import type { DispatchCounts } from '../contenders/dispatches.js';
import type { Task } from '../contenders/protocol.js';
import { runCommand } from '../peers/run-command.js';
import { provideInputs } from '../work/inputs.js';
import { constants } from '../work/work.js';

/**
 * Counts the compute shaders of a run, in a process of its own.
 *
 * @param count - of what.
 * @param places - the built program's folder and the cache folder.
 */
export async function measureDispatches(
  { work }: DispatchCount,
  { built, folder }: { readonly built: string; readonly folder: string },
): Promise<DispatchCounts> {
  const task: Task = { work, constants, threads: 1, ...(await provideInputs(work.shape, folder)) };
  const printed = await runCommand(process.execPath, [
    join(built, 'contenders', 'dispatches.js'),
    JSON.stringify(task),
  ]);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}
