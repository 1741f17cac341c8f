// How dependency-cruiser finds our packages: from their sources, as tests and the type checker do. A subpath is in its exports map.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const packages = join(__dirname, '..', 'packages');
const alias = {};
for (const folder of readdirSync(packages)) {
  const { name, exports, imports = {} } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
  for (const subpath of Object.keys(exports))
    alias[`${name}${subpath.slice(1)}$`] = join(packages, folder, 'src', subpath, 'index.ts');
  for (const specifier of Object.keys(imports))
    alias[`${specifier}$`] = join(packages, folder, 'src', specifier.replace(/^#[^/]+\//, ''), 'node.ts');
}

module.exports = { resolve: { alias } };
