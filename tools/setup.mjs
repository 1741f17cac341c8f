// Makes a fresh clone ready: installs the locked dependencies and builds what changed. Does nothing where nothing changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm } from './pnpm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.sofd-setup.json');
process.chdir(root);

/** A digest of the names, sizes and times of all files below `folders`. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    const stat = statSync(path);
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort())
        if (!['node_modules', 'dist', 'models', 'assets'].includes(name)) visit(join(path, name));
    } else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
  };
  for (const folder of folders) visit(folder);
  return hash.digest('hex');
}

const stamp = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
const run = (title, args) => {
  console.log(`set-up: ${title}`);
  const status = pnpm(args);
  if (status !== 0) {
    console.error(`set-up: ${title} failed (exit ${status}); the lines above say why.`);
    process.exit(status);
  }
};

const lock = createHash('sha256').update(readFileSync('pnpm-lock.yaml')).digest('hex');
if (stamp.lock !== lock)
  run('installing the locked dependencies', ['install', '--frozen-lockfile', '--prefer-offline']);
const sources = fingerprint(['packages', 'tools', 'pnpm-lock.yaml']);
const built = existsSync(join(root, 'packages', 'cli', 'dist', 'bin.js'));
if (stamp.sources !== sources || !built) run('building the packages', ['run', 'build:js']);
mkdirSync(dirname(stampFile), { recursive: true });
writeFileSync(stampFile, JSON.stringify({ lock, sources: fingerprint(['packages', 'tools', 'pnpm-lock.yaml']) }));
