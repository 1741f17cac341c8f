// Budgets of what a page with createDetector downloads as code, brotli. The wasm binaries, face models and weights come on top.
const engines = ['@sofd/backend-wasm', '@sofd/backend-webgpu', '@sofd/tensor/reference'];

/** An engine is loaded when it is asked for, so each is measured by itself. */
const withEngine = (engine, limit) => ({
  name: `createDetector ${engine ? `with ${engine}` : 'without an engine'}`,
  path: 'packages/inference/dist/index.js',
  import: '{ createDetector }',
  ignore: engines.filter((other) => other !== engine),
  limit,
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
});

module.exports = [
  withEngine(null, '110 kB'),
  withEngine('@sofd/backend-wasm', '155 kB'),
  withEngine('@sofd/backend-webgpu', '190 kB'),
];
