import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));

/** Every public entry is what an `exports` map names, so that the reference cannot miss one. */
const entryPoints = readdirSync(packages)
  .sort()
  .flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(`${packages}${name}/package.json`, 'utf8'));
    return Object.keys(exports)
      .filter((subpath) => typeof exports[subpath] === 'object' && 'types' in exports[subpath])
      .map((subpath) => `${packages}${name}/src/${subpath === '.' ? '' : `${subpath.slice(2)}/`}index.ts`);
  });

export default {
  name: 'Reference',
  entryPoints,
  tsconfig: '../tsconfig.check.json',
  plugin: ['./typedoc-modules.mjs', 'typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: './api',
  docsRoot: '.',
  readme: 'none',
  cleanOutputDir: true,
  // `pnpm typecheck` reports type errors; the site is about the documentation.
  skipErrorChecking: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  hideGenerator: true,
  hidePageHeader: true,
  hideBreadcrumbs: false,
  router: 'member',
  useCodeBlocks: true,
  indexFormat: 'table',
  tableColumnSettings: { hideModifiers: true },
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  sidebar: { autoConfiguration: true, pretty: true, collapsed: true },
  validation: {
    notExported: false,
    invalidLink: true,
    notDocumented: true,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
  requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
  treatValidationWarningsAsErrors: true,
};
