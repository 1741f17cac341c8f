// Runs the pinned pnpm with the arguments given, whether or not pnpm is installed: `node tools/pnpm.mjs run build`.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const version = '12.21.0';

/** @param {string[]} args @returns {number} the exit status */
export function pnpm(args) {
  const { status, error } = spawnSync('npx', ['--yes', `pnpm@${version}`, ...args], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`pnpm: could not be started by npx (${error.message}); install Node.js with npm.`);
  return status ?? 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exit(pnpm(process.argv.slice(2)));
