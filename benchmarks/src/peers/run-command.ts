import { spawn } from 'node:child_process';

/**
 * Runs a command to its end.
 *
 * @returns what it printed to stdout.
 * @throws Error with the last lines that it printed, when it cannot be started or does not exit with 0.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, ...(cwd ? { cwd } : {}) });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(printed.stdout);
      else {
        const last = `${printed.stdout}\n${printed.stderr}`.trim().split('\n').slice(-3).join('; ');
        reject(new Error(`${command} ${args[0]} exited with ${status}: ${last}`));
      }
    });
  });
}
