// Copies the binary files that packages ship from the npm packages they come from, face models and wasm binaries, and compiles
// our own kernels.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernels } from './kernels.mjs';
import { shareMemory } from './share-memory.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');

/** The folder of an npm package, also where its `exports` map hides package.json. */
function folderOf(packageName, from) {
  const searched = createRequire(join(packages, from, 'package.json')).resolve.paths(packageName) ?? [];
  for (const base of searched) {
    const folder = join(base, packageName);
    try {
      createRequire(join(folder, 'package.json'))('./package.json');
      return folder;
    } catch {}
  }
  throw new Error(`assets: ${packageName} is not installed for ${from}; run node tools/setup.mjs.`);
}

function copy({ packageName, sub, into, files, target }) {
  const source = join(folderOf(packageName, into), sub);
  const folder = join(packages, into, target);
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(join(source, file), join(folder, file));
}

const models = ['blazeface', 'facemesh', 'faceres', 'emotion'];
copy({
  packageName: '@vladmandic/human',
  sub: 'models',
  into: 'face',
  target: 'models',
  files: models.flatMap((model) => [`${model}.json`, `${model}.bin`]),
});
copy({
  packageName: '@tensorflow/tfjs-backend-wasm',
  sub: 'wasm-out',
  into: 'backend-wasm',
  target: 'assets',
  files: ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'],
});
const wasmAssets = join(packages, 'backend-wasm', 'assets');
writeFileSync(
  join(wasmAssets, 'tfjs-backend-wasm-simd-shared.wasm'),
  shareMemory(readFileSync(join(wasmAssets, 'tfjs-backend-wasm-simd.wasm'))),
);
await compileKernels();
// What others made travels with its licence, named COPYING: a second LICENSE would keep pnpm from packing ours.
copyFileSync(join(folderOf('@vladmandic/human', 'face'), 'LICENSE'), join(packages, 'face', 'models', 'COPYING'));
// The wasm package comes without the file; its licence is that of this repository.
const origin = `tfjs-backend-wasm.wasm and tfjs-backend-wasm-simd.wasm come unmodified from the npm package @tensorflow/tfjs-backend-wasm.
tfjs-backend-wasm-simd-shared.wasm is modified: tfjs-backend-wasm-simd.wasm with its memory declared as shared.
Copyright Google LLC. The licence of all three follows.
`;
writeFileSync(join(wasmAssets, 'COPYING'), origin + readFileSync(join(packages, '..', 'LICENSE'), 'utf8'));
