import { definePackage } from '../tools/tsup.js';

export default definePackage({
  entry: ['src/main.ts', 'src/contenders/sofd.ts', 'src/contenders/onnxruntime.ts', 'src/contenders/chromium.ts'],
  platform: 'node',
});
