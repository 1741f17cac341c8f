// The arrows of docs/architecture.md as rules: who may import whom, and what may never happen.

/** What each package may import directly; the rules below use the transitive closure. */
const arrows = {
  core: [],
  'default-model': ['core'],
  tensor: ['core'],
  model: ['tensor'],
  face: ['tensor'],
  dataset: ['face'],
  trainer: ['model'],
  evaluation: ['model'],
  inference: ['model', 'face'],
  'backend-wasm': ['tensor'],
  'backend-webgpu': ['tensor'],
  // The native engine is BLAS on the wasm engine's heap.
  'backend-node': ['tensor', 'backend-wasm'],
  cli: ['inference', 'trainer', 'evaluation', 'dataset', 'backend-wasm', 'backend-webgpu', 'backend-node'],
};
const closure = (name) => [...new Set(arrows[name].flatMap((next) => [next, ...closure(next)]))];

const tests = '\\.(test|test-d|bench)\\.ts$|/(__fixtures__|test|testing)/';
const backends = '^packages/backend-[^/]+/';

const arrowRules = Object.keys(arrows).map((name) => ({
  name: `arrow-${name}`,
  comment: `@sofd/${name} may import only: ${closure(name).join(', ') || 'nothing of the workspace'}.`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: tests },
  to: {
    path: '^packages/',
    pathNot: `^packages/(${[name, ...closure(name)].join('|')})/`,
    // The detector loads an engine by dynamic import when asked for one; see `engines-only-dynamically`.
    ...(name === 'inference' ? { dependencyTypesNot: ['dynamic-import'] } : {}),
  },
}));

module.exports = {
  forbidden: [
    ...arrowRules,
    {
      name: 'engines-only-dynamically',
      comment: 'The detector may load an engine dynamically, and nothing else that its arrows do not allow.',
      severity: 'error',
      from: { path: '^packages/inference/', pathNot: tests },
      to: {
        path: '^packages/',
        pathNot: `${backends}|^packages/(${['inference', ...closure('inference')].join('|')})/`,
      },
    },
    {
      name: 'tests-keep-the-walls',
      comment: 'A test may load any engine; the other walls hold for tests too.',
      severity: 'error',
      from: { path: '^packages/(core|tensor|model|trainer|face|evaluation|dataset)/', pathNot: '^$' },
      to: { path: '^packages/(inference|cli)/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle hides which part rests on which.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-imports',
      comment: 'Another package is imported by its name or a declared subpath, never by a path into it.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot:
          '^packages/$1/|^packages/[^/]+/src/(index|(node|training|conformance|convert|reference|report|video)/index)\\.ts$',
      },
    },
    {
      name: 'no-relative-imports-across-packages',
      comment: 'A relative path out of a package breaks once the package is installed from npm.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: '\\.config\\.ts$' },
      to: {
        path: '^(packages|examples|tests|tools)/',
        pathNot: '^packages/$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased'],
      },
    },
    {
      name: 'no-package-imports-outside',
      comment: 'Packages never import examples, benchmarks or tests; tests may use the shared test helpers by name.',
      severity: 'error',
      from: { path: '^packages/', pathNot: tests },
      to: { path: '^(examples|benchmarks|tests)/' },
    },
    {
      name: 'tfjs-only-below',
      comment: 'tfjs is imported only by tensor, the engines and face; everything else uses @sofd/tensor.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(tensor|face|backend-[^/]+)/' },
      to: { path: '@tensorflow/tfjs' },
    },
    {
      name: 'node-only-where-node-is',
      comment:
        'node:* stays in cli, backend-node, `./node` subpaths and platform/node.ts, so that browsers can load the rest.',
      severity: 'error',
      from: {
        path: '^packages/',
        pathNot: `^packages/(cli|backend-node)/|^packages/[^/]+/src/(node/|platform/node\\.ts$|video/platform/node\\.ts$)|\\.config\\.ts$|${tests}`,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'declared-dependencies',
      comment: 'What a package imports is in its own package.json.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `\\.config\\.ts$|${tests}` },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer', 'npm-optional'] },
    },
    {
      name: 'no-dev-dependencies-in-what-ships',
      comment: 'A devDependency is not installed at the user.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer', 'npm-optional'] },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^[^/]+/[^/]+/(dist|coverage|\\.cache|fixtures)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.check.json' },
    webpackConfig: { fileName: 'tools/cruise-resolve.cjs' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'node', 'import', 'default'] },
  },
};
