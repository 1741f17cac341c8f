import { definePackage } from '../../tools/tsup.js';

export default definePackage({
  entry: ['src/index.ts', 'src/training/index.ts', 'src/conformance/index.ts', 'src/reference/index.ts'],
  // ES modules without file extensions, which Node does not resolve.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\/gradients\//],
});
