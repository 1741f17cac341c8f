// Compiles the kernels of backend-wasm, which are AssemblyScript, to WebAssembly: for relaxed and for plain SIMD, for private
// and for shared memory.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'backend-wasm');

const options = [
  ...[join(folder, 'kernels', 'index.ts'), '--baseDir', join(folder, 'kernels'), '--outFile', 'kernels.wasm'],
  // Not -O3: it reorders the sums of the micro-kernel so that they no longer fit into the registers, and it runs a third slower.
  '-O1',
  // No static data and no allocator: all memory belongs to the heap that is imported.
  ...['--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory'],
];

/** What the imported memory must be declared as to be that of the other binary. */
const sharedMemory = ['--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];

async function compile(features, flags) {
  let binary;
  const { error, stderr } = await asc.main([...options, '--enable', features.join(','), ...flags], {
    writeFile: (_, contents) => {
      binary = contents;
    },
  });
  if (error) throw new Error(`kernels: ${error.message}\n${stderr}`);
  return binary;
}

/** Writes `kernels-{relaxed,plain}{,-shared}.wasm` into the assets of backend-wasm. */
export async function compileKernels() {
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  for (const [kind, features] of Object.entries({ relaxed: ['simd', 'relaxed-simd'], plain: ['simd'] })) {
    writeFileSync(join(assets, `kernels-${kind}.wasm`), await compile(features, []));
    writeFileSync(join(assets, `kernels-${kind}-shared.wasm`), await compile([...features, 'threads'], sharedMemory));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileKernels();
