import { definePackage } from '../../tools/tsup.js';

export default definePackage({ entry: ['src/index.ts', 'src/native/blas-kernels.js'] });
