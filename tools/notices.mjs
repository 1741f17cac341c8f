// Writes THIRD-PARTY-NOTICES.md: what the published packages contain or install, with licences. `--check` only compares.
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'THIRD-PARTY-NOTICES.md');
const packagesFolder = join(root, 'packages');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Files of others inside our packages. tools/assets.mjs copies the first two; tsup bundles the third. */
const contained = [
  {
    packageName: '@vladmandic/human',
    from: 'face',
    what: 'the face models blazeface, facemesh, faceres and emotion, in `@sofd/face`',
  },
  {
    packageName: '@tensorflow/tfjs-backend-wasm',
    from: 'backend-wasm',
    what: 'the wasm binaries, in `@sofd/backend-wasm`',
  },
  { packageName: '@tensorflow/tfjs-core', from: 'tensor', what: 'the gradient functions, bundled into `@sofd/tensor`' },
];

/** Packages whose npm archive has no licence file: where the text is, and who holds the copyright by their sources. */
const withoutFile = {
  '@tensorflow/tfjs-core': 'Copyright Google LLC',
  '@tensorflow/tfjs-backend-cpu': 'Copyright Google LLC',
  '@tensorflow/tfjs-backend-wasm': 'Copyright Google LLC',
  '@tensorflow/tfjs-backend-webgpu': 'Copyright Google LLC',
  '@tensorflow/tfjs-converter': 'Copyright Google LLC',
};

/** Optional packages of one platform each: what is installed here must not decide what the file says. */
const platformPackages = [
  {
    pattern: /^@img\/sharp-libvips-/,
    licence: 'LGPL-3.0-or-later',
    what: 'libvips and the libraries it is built with, as shared libraries',
  },
  {
    pattern: /^@img\/sharp-wasm32$|^@img\/sharp-win32-/,
    licence: 'Apache-2.0 AND LGPL-3.0-or-later',
    what: 'sharp with libvips',
  },
  { pattern: /^@img\/sharp-/, licence: 'Apache-2.0', what: 'the binary part of sharp' },
  { pattern: /^@koromix\/koffi-/, licence: 'MIT', what: 'the binary part of koffi' },
  { pattern: /^(@msgpackr-extract\/|msgpackr-extract$)/, licence: 'MIT', what: 'a binary part of msgpackr' },
];

/** The folder of an npm package as the package in `from` sees it. */
function locate(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return null;
  }
}

function readLicence(folder) {
  const { name, license, licenses } = readJson(join(folder, 'package.json'));
  const expression =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '));
  if (!expression) throw new Error(`notices: ${name} names no licence; look it up and decide whether it can ship.`);
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file))
    .sort(compare);
  const text = files
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
  return { expression, text };
}

/** Everything that installing a published package installs, by name and version. */
function collect() {
  const found = new Map();
  const optional = new Map();
  const visit = (name, from, owner) => {
    const folder = locate(name, from);
    if (!folder) throw new Error(`notices: ${name}, needed by ${owner}, is not installed; run node tools/setup.mjs.`);
    const manifest = readJson(join(folder, 'package.json'));
    const key = `${name}@${manifest.version}`;
    const known = found.get(key) ?? { name, version: manifest.version, owners: new Set(), ...readLicence(folder) };
    if (known.owners.has(owner)) return;
    found.set(key, known);
    known.owners.add(owner);
    for (const next of Object.keys(manifest.dependencies ?? {}))
      if (!(next in (manifest.optionalDependencies ?? {}))) visit(next, folder, owner);
    for (const next of Object.keys(manifest.optionalDependencies ?? {})) {
      const kind = platformPackages.find(({ pattern }) => pattern.test(next));
      if (!kind)
        throw new Error(`notices: ${key} has an optional dependency ${next} that tools/notices.mjs does not know.`);
      optional.set(kind.pattern.source, { ...kind, parent: name });
    }
  };
  for (const directory of readdirSync(packagesFolder).sort(compare)) {
    const manifest = readJson(join(packagesFolder, directory, 'package.json'));
    for (const name of Object.keys(manifest.dependencies ?? {}))
      if (!name.startsWith('@sofd/')) visit(name, join(packagesFolder, directory), manifest.name);
  }
  return {
    found: [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version)),
    optional: [...optional.values()],
  };
}

const apache = readFileSync(join(root, 'LICENSE'), 'utf8').trim();

function textOf({ name, expression, text }) {
  if (text) return text;
  if (expression === 'Apache-2.0' && withoutFile[name]) return `${withoutFile[name]}\n\n${apache}`;
  return null;
}

function render() {
  const { found, optional } = collect();
  const lines = [
    '# Third-party notices',
    '',
    'Made by `node tools/notices.mjs`; do not edit.',
    '',
    'sofd is licensed under Apache-2.0 (see LICENSE). Its packages contain or install the following works of others.',
    '',
    '## Contained in our packages',
    '',
    '| from | licence | what |',
    '|---|---|---|',
  ];
  const texts = new Map();
  const addText = (key, text) => {
    if (text) texts.set(text, [...(texts.get(text) ?? []), key]);
  };
  for (const { packageName, from, what } of contained) {
    const folder = locate(packageName, join(packagesFolder, from));
    const { version } = readJson(join(folder, 'package.json'));
    const licence = readLicence(folder);
    lines.push(`| ${packageName} ${version} | ${licence.expression} | ${what} |`);
    if (!found.some((item) => item.name === packageName))
      addText(`${packageName} ${version}`, textOf({ name: packageName, ...licence }));
  }
  lines.push('', '## Installed with our packages', '', '| package | licence | installed with |', '|---|---|---|');
  for (const item of found) {
    lines.push(`| ${item.name} ${item.version} | ${item.expression} | ${[...item.owners].sort(compare).join(', ')} |`);
    addText(`${item.name} ${item.version}`, textOf(item));
  }
  lines.push(
    '',
    'Of the following, npm installs the package of the platform at hand:',
    '',
    '| packages | licence | what |',
    '|---|---|---|',
  );
  for (const { parent, licence, what } of optional)
    lines.push(`| optional dependencies of ${parent} | ${licence} | ${what} |`);
  const silent = found.filter((item) => !textOf(item));
  if (silent.length > 0)
    lines.push(
      '',
      `Without a licence file in their npm archive: ${silent.map(({ name, version }) => `${name} ${version}`).join(', ')}.`,
    );
  lines.push('', '## Licence texts', '');
  for (const [text, keys] of [...texts].sort(([, a], [, b]) => compare(a[0], b[0])))
    lines.push(`### ${keys.join(', ')}`, '', '```text', text.replaceAll('```', "'''"), '```', '');
  return lines.join('\n');
}

const rendered = render();
if (!process.argv.includes('--check')) {
  writeFileSync(target, rendered);
  console.log(`notices: wrote THIRD-PARTY-NOTICES.md (${rendered.split('\n').length} lines).`);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== rendered) {
  console.error(
    'notices: THIRD-PARTY-NOTICES.md is not what the installed packages give; run pnpm notices and commit it.',
  );
  process.exit(1);
} else console.log('notices: THIRD-PARTY-NOTICES.md is up to date.');
