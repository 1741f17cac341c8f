// Copies the binary files that packages ship from the npm packages they come from: face models and wasm binaries.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

const models = ['blazeface', 'facemesh', 'faceres'];
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
  files: ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'],
});
// What others made travels with its licence, named COPYING: a second LICENSE would keep pnpm from packing ours. The wasm package
// comes without the file; its licence is that of this repository.
copyFileSync(join(folderOf('@vladmandic/human', 'face'), 'LICENSE'), join(packages, 'face', 'models', 'COPYING'));
copyFileSync(join(packages, '..', 'LICENSE'), join(packages, 'backend-wasm', 'assets', 'COPYING'));
