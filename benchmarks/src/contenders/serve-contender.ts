import { createInterface } from 'node:readline';
import type { Contender, Prepared, Profile, Request, Response, Task } from './protocol.js';

/** Serves requests from stdin until it ends. */
export async function serveContender<Given = Task, Answered = Prepared, Profiled = Profile>(
  contender: Contender<Given, Answered, Profiled>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(contender, JSON.parse(line)))}\n`);
  }
}

async function answer<Given, Answered, Profiled>(
  contender: Contender<Given, Answered, Profiled>,
  request: Request,
): Promise<Response> {
  try {
    const call = contender[request.call] as ((argument: unknown) => Promise<unknown>) | undefined;
    if (!call) return { error: `it cannot ${request.call}` };
    return { result: await call(request.with) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The most memory that this process ever had resident, MiB. */
export const peakMemoryOfThisProcess = async () => process.resourceUsage().maxRSS / 1024;
