import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An optional program of the system and what it adds. */
export interface ToolReport {
  readonly name: string;
  readonly present: boolean;
  /** Where it was found, or what is missed without it. */
  readonly detail: string;
  readonly remedy: string;
}

/** The full path of the first of `names` that the PATH holds. */
function findProgram(names: readonly string[]): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

const tools = [
  {
    name: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    adds: 'the check that a browser computes what Node computes',
    remedy: 'apt-get install chromium (or set SOFD_CHROMIUM to a browser)',
  },
  { name: 'ffmpeg', programs: ['ffmpeg'], adds: 'reading video in Node', remedy: 'apt-get install ffmpeg' },
  {
    name: 'Redis',
    programs: ['redis-server', 'valkey-server'],
    adds: 'sofd expand --queue across machines, of which one runs it',
    remedy: 'apt-get install redis-server',
  },
] as const;

/** Looks for the optional programs that sofd can use. */
export function findTools(): ToolReport[] {
  return tools.map(({ name, programs, adds, remedy }) => {
    const chosen = name === 'Chromium' ? process.env.SOFD_CHROMIUM : undefined;
    const path = chosen ?? findProgram(programs);
    return path === undefined
      ? { name, present: false, detail: `not found; it adds ${adds}`, remedy }
      : { name, present: true, detail: path, remedy: '' };
  });
}
