import { definePackage } from '../../tools/tsup.js';

export default definePackage({ entry: ['src/index.ts', 'src/bin.ts', 'src/workers/expand-worker.ts'] });
