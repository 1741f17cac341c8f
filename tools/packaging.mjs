// Packs every package and checks what users would install: publint, are-the-types-wrong, contents, and that Node loads every entry.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pnpm } from './pnpm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packagesFolder = join(root, 'packages');
const problems = [];
const check = (ok, problem) => {
  if (!ok) problems.push(problem);
};
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const run = (command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}`.trim() };
};

const packages = readdirSync(packagesFolder)
  .sort()
  .map((name) => ({
    folder: join(packagesFolder, name),
    manifest: readJson(join(packagesFolder, name, 'package.json')),
  }));
const tarballName = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

for (const { folder, manifest } of packages) {
  for (const [subpath, target] of Object.entries(manifest.exports))
    for (const file of typeof target === 'string' ? [target] : Object.values(target))
      if (!existsSync(join(folder, file))) {
        console.error(
          `packaging: ${manifest.name} names ${file} for ${subpath}, which does not exist; run pnpm build first.`,
        );
        process.exit(1);
      }
}

const work = mkdtempSync(join(tmpdir(), 'sofd-packaging-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
if (pnpm(['--silent', '--filter', './packages/*', 'pack', '--pack-destination', work]) !== 0) process.exit(1);

/** Lays the tarballs out as an installer would; what is not ours is linked from the workspace. */
function install(app) {
  for (const { folder, manifest } of packages) {
    const target = join(app, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    const unpacked = run('tar', ['-xzf', join(work, tarballName(manifest)), '-C', target, '--strip-components=1']);
    check(unpacked.ok, `${manifest.name}: could not be unpacked: ${unpacked.output}`);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (dependency.startsWith('@sofd/')) continue;
      const link = join(target, 'node_modules', dependency);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(folder, 'node_modules', dependency)), link, 'junction');
    }
  }
}

/** What npm would publish besides code that works. */
function checkContents(app, { manifest }) {
  const folder = join(app, 'node_modules', manifest.name);
  const packed = readJson(join(folder, 'package.json'));
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  const ours = files.filter((file) => !file.startsWith('node_modules'));
  for (const file of ['README.md', 'LICENSE']) check(ours.includes(file), `${manifest.name}: ${file} is not packed.`);
  for (const folder of ['models', 'assets'])
    if (ours.some((file) => file.startsWith(`${folder}/`)))
      check(
        ours.includes(`${folder}/COPYING`),
        `${manifest.name}: ${folder}/ holds files of others without their licence.`,
      );
  const stray = ours.filter((file) => /(^|\/)(src|__fixtures__|fixtures)\/|\.test\.|\.tsbuildinfo$/.test(file));
  check(stray.length === 0, `${manifest.name}: packs files that nobody needs: ${stray.slice(0, 5).join(', ')}`);
  check(
    !JSON.stringify(packed).includes('workspace:'),
    `${manifest.name}: its packed package.json still says workspace:.`,
  );
  for (const file of ours.filter((name) => /\.(js|ts|map|json|md)$/.test(name)))
    check(
      !readFileSync(join(folder, file), 'utf8').includes(root),
      `${manifest.name}: ${file} names a folder of this machine.`,
    );
}

async function checkManifest({ manifest }) {
  const tarball = readFileSync(join(work, tarballName(manifest)));
  const { messages, pkg } = await publint({
    strict: true,
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
  });
  for (const message of messages)
    problems.push(`${manifest.name}: publint: ${formatMessage(message, pkg, { color: false })}`);
  const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const args = [
    attw,
    join(work, tarballName(manifest)),
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    '--no-emoji',
    '--no-color',
  ];
  const types = run(process.execPath, args, root);
  check(types.ok, `${manifest.name}: are-the-types-wrong:\n${types.output}`);
}

const app = join(work, 'app');
install(app);
for (const item of packages) {
  checkContents(app, item);
  await checkManifest(item);
}

const entries = packages.flatMap(({ manifest }) =>
  Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath]) => manifest.name + subpath.slice(1)),
);
for (const entry of entries) {
  const script = `await import(${JSON.stringify(entry)}); process.exit(0);`;
  const loaded = run(process.execPath, ['--input-type=module', '--eval', script], app);
  check(loaded.ok, `import '${entry}' fails in Node ${process.version}: ${loaded.output}`);
}
writeFileSync(
  join(app, 'require.cjs'),
  "const { createDetector } = require('@sofd/inference');\nprocess.exit(typeof createDetector === 'function' ? 0 : 1);\n",
);
const required = run(process.execPath, ['require.cjs'], app);
check(required.ok, `require('@sofd/inference') fails in Node ${process.version}: ${required.output}`);
const bin = run(process.execPath, [join(app, 'node_modules', '@sofd', 'cli', 'dist', 'bin.js'), '--help'], app);
check(bin.ok, `sofd --help fails when installed from the tarballs: ${bin.output}`);

for (const problem of problems) console.error(`packaging: ${problem}`);
console.log(
  problems.length === 0
    ? `packaging: ${packages.length} packages packed and checked, ${entries.length} entries imported, require('@sofd/inference') and sofd --help work in Node ${process.version}.`
    : `packaging: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`,
);
process.exit(problems.length === 0 ? 0 : 1);
