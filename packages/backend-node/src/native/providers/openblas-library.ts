import { BackendUnavailableError } from '@sofd/core';
import type { Blas } from '../blas.js';
import type { ForeignLibrary } from '../foreign.js';
import type { Machine } from '../machine.js';
import { type CblasNames, findSgemm } from './cblas.js';
import { useOpenBlasKernels } from './openblas-kernels.js';
import type { OpenContext } from './provider.js';

/** Opens an OpenBLAS, or any other library with the C interface to BLAS. */
export function openOpenBlas(context: OpenContext): Blas {
  const { path, foreign } = context;
  const library = loadWithBestKernels(context);
  const found = findSgemm(library);
  if (!found) {
    throw new BackendUnavailableError(`${path}: expected the function cblas_sgemm, got none; name another library.`);
  }
  const { names, sgemm } = found;
  const core = readText(library, names, 'corename');
  const version = /\d+(\.\d+)+/.exec(readText(library, names, 'config') ?? '')?.[0];
  limitToOneThread(library, names);
  const plain = { path, sgemm, reordered: undefined };
  return {
    description: core === undefined ? path : `OpenBLAS ${version}, ${core} kernels`,
    find: library.find,
    ...(core === undefined
      ? { recipe: plain, reordering: undefined }
      : useOpenBlasKernels(plain, { library, core, addressOf: foreign.addressOf })),
  };
}

/**
 * Loads the library, with the kernels that suit the processor.
 *
 * Releases older than a processor take it for a much simpler one: 0.3.21 uses SSE3 on a Xeon with AVX-512. They can be told
 * by a variable, which they read when they are loaded.
 */
function loadWithBestKernels({ path, foreign, machine }: OpenContext): ForeignLibrary {
  const library = foreign.load(path);
  const names = findSgemm(library)?.names;
  const core = names && readText(library, names, 'corename');
  const better = core === undefined ? undefined : findBetterCore(core, machine);
  if (better === undefined) return library;
  library.unload();
  process.env[coreVariable] = better;
  try {
    return foreign.load(path);
  } finally {
    delete process.env[coreVariable];
  }
}

const coreVariable = 'OPENBLAS_CORETYPE';
const wideCores = ['SkylakeX', 'Cooperlake', 'SapphireRapids'];
const middleCores = ['Haswell', 'Zen'];

/** The kernels that the processor could run instead of those of `core`, where they are wider. */
function findBetterCore(core: string, { features, environment }: Machine): string | undefined {
  const hasAll = (...names: readonly string[]) => names.every((name) => features.has(name));
  if (environment[coreVariable] !== undefined || wideCores.includes(core)) return undefined;
  if (hasAll('avx512f', 'avx512dq', 'avx512bw', 'avx512vl')) return 'SkylakeX';
  return hasAll('avx2', 'fma') && !middleCores.includes(core) ? 'Haswell' : undefined;
}

function readText(library: ForeignLibrary, { prefix, suffix }: CblasNames, what: string): string | undefined {
  return library.find(`const char *${prefix}openblas_get_${what}${suffix}()`)?.() as string | undefined;
}

/** Our own threads share the work; those of the library would spin in their way. */
function limitToOneThread(library: ForeignLibrary, { prefix, suffix }: CblasNames): void {
  library.find(`void ${prefix}openblas_set_num_threads${suffix}(int)`)?.(1);
}
