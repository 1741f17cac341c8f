import { definePackage } from '../../tools/tsup.js';

export default definePackage({
  entry: [
    'src/index.ts',
    'src/platform/node.ts',
    'src/platform/browser.ts',
    'src/video/index.ts',
    'src/video/platform/node.ts',
    'src/video/platform/browser.ts',
  ],
});
