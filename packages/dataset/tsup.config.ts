import { definePackage } from '../../tools/tsup.js';

export default definePackage({ entry: ['src/index.ts', 'src/node/index.ts', 'src/node/loader/batch-worker.ts'] });
