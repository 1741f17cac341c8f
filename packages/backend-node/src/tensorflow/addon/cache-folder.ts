import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where a platform keeps a user's caches. */
export interface CachePlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const here = (): CachePlace => ({ platform: process.platform, env: process.env, home: homedir() });

/** The folder in which sofd keeps what it can make again, such as the built addon. */
export function cacheFolder({ platform, env, home }: CachePlace = here()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'sofd');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'sofd');
  const chosen = env.XDG_CACHE_HOME;
  // The specification says to ignore relative paths.
  return join(chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, '.cache'), 'sofd');
}
