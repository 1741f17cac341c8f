import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { cpus, homedir } from 'node:os';

/** What the search for a library looks at; another one in tests. */
export interface Machine {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** The processor's name, such as `'Intel(R) Xeon(R) Processor'`. */
  readonly processor: string;
  /** What the processor can do, in Linux's words, such as `'avx2'`; empty where the system does not say. */
  readonly features: ReadonlySet<string>;
  /** Names in a folder; none where it cannot be read. */
  list(folder: string): readonly string[];
  /** Where a path leads in the end, or undefined where nothing is there. */
  resolve(path: string): string | undefined;
}

/** The machine that this process runs on. */
export function describeMachine(): Machine {
  return {
    platform: process.platform,
    environment: process.env,
    homeFolder: homedir(),
    processor: cpus()[0]?.model ?? '',
    features: readFeatures(),
    list: (folder) => attempt(() => readdirSync(folder).sort()) ?? [],
    resolve: (path) => attempt(() => realpathSync(path)),
  };
}

function readFeatures(): ReadonlySet<string> {
  const text = attempt(() => readFileSync('/proc/cpuinfo', 'utf8')) ?? '';
  return new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
