import { dirname, join } from 'node:path';
import { BackendUnavailableError } from '@sofd/core';
import type { Blas, Reordering } from '../blas.js';
import type { Foreign, ForeignLibrary } from '../foreign.js';
import type { Machine } from '../machine.js';
import { cblas, findSgemm } from './cblas.js';
import type { BlasProvider, OpenContext } from './provider.js';
import { findLibraryFolders } from './python-environments.js';

/** `libmkl_rt.so.2`, `libmkl_rt.2.dylib`, `mkl_rt.2.dll` */
const entryName = /^(libmkl_rt\.so\.\d+|libmkl_rt\.\d+\.dylib|mkl_rt\.\d+\.dll)$/;

/** Intel's Math Kernel Library: the system's, that of oneAPI, or what `pip install mkl` or conda brought. */
export const mkl: BlasProvider = {
  name: 'mkl',
  locate: (machine) =>
    findFolders(machine).flatMap((folder) => {
      const entries = machine.list(folder).filter((name) => entryName.test(name));
      return entries.reverse().map((name) => join(folder, name));
    }),
  open,
};

function findFolders(machine: Machine): readonly string[] {
  const { environment, platform } = machine;
  const root = environment.MKLROOT;
  const named = root === undefined ? [] : ['lib', join('lib', 'intel64'), 'bin'].map((folder) => join(root, folder));
  const usual = ['/opt/intel/oneapi/mkl/latest/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib64'];
  return [...new Set([...named, ...findLibraryFolders(machine), ...(platform === 'linux' ? usual : [])])];
}

function open({ path, foreign, machine }: OpenContext): Blas {
  // The library loads its parts when it is first called, and ends the process where one is missing.
  const parts = machine.list(dirname(path)).filter((name) => /mkl_(core|sequential)\b/.test(name));
  if (parts.length < 2) {
    throw new BackendUnavailableError(
      `${path}: expected libmkl_core and libmkl_sequential beside it, got ${parts.length} of them; reinstall MKL.`,
    );
  }
  const library = foreign.load(path);
  // Our own threads share the work.
  library.find('int MKL_Set_Threading_Layer(int)')?.(sequential);
  const found = findSgemm(library);
  if (!found) {
    throw new BackendUnavailableError(`${path}: expected the function cblas_sgemm, got none; reinstall MKL.`);
  }
  const reordering = findReordering(library);
  const reordered = reordering && ({ kind: 'mkl', compute } as const);
  return {
    description: describe(library, foreign),
    find: library.find,
    recipe: { path, sgemm: found.sgemm, exponential: library.find(exponential) && exponential, reordered },
    reordering,
  };
}

const exponential = 'void vmsExp(int, uintptr_t, uintptr_t, int64_t)';

const sequential = 1;

function describe(library: ForeignLibrary, foreign: Foreign): string {
  const text = new Uint8Array(200);
  library.find('void mkl_get_version_string(uintptr_t, int)')?.(foreign.addressOf(text), text.length);
  const version = /Version (\d+(\.\d+)*)/.exec(new TextDecoder().decode(text))?.[1];
  return version === undefined ? 'MKL' : `MKL ${version}`;
}

const matrixB = 162;
const compute =
  'void cblas_sgemm_compute(int, int, int, int, int, int, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)';

function findReordering(library: ForeignLibrary): Reordering | undefined {
  const measure = library.find('size_t cblas_sgemm_pack_get_size(int, int, int, int)');
  const pack = library.find('void cblas_sgemm_pack(int, int, int, int, int, int, float, uintptr_t, int, uintptr_t)');
  if (!(measure && pack && library.find(compute))) return undefined;
  const { rowMajor, asItIs, transposed } = cblas;
  return {
    // The manual asks for the same extents when packing and when computing.
    dependsOnRows: true,
    measure: ({ rows, inner, columns }) => Number(measure(matrixB, rows, columns, inner)),
    write({ rows, inner, columns, b, strideB, transposeB }, target) {
      pack(rowMajor, matrixB, transposeB ? transposed : asItIs, rows, columns, inner, 1, b, strideB, target);
    },
  };
}
