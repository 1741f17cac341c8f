import { definePackage } from '../../tools/tsup.js';

export default definePackage({
  entry: [
    'src/index.ts',
    'src/convert/index.ts',
    'src/node/index.ts',
    'src/platform/node.ts',
    'src/platform/browser.ts',
  ],
});
