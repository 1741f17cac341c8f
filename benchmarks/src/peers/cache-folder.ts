import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where peers, graphs and weights are kept between runs: a folder of the user's, never of the project. */
export const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sofd', 'bench');
