import { definePackage } from '../tools/tsup.js';

export default definePackage({
  entry: [
    'src/main.ts',
    'src/contenders/{chromium,dispatches,onnxruntime,sofd}.ts',
    'src/expansion/{swap-bench,swap-contender,trivial-probe}.ts',
    'src/training/{train-bench,train-contender}.ts',
  ],
  platform: 'node',
});
