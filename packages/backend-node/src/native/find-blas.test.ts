import { InvalidOptionError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import type { Blas } from './blas.js';
import { findBlas, readChoice } from './find-blas.js';
import type { Foreign, ForeignFunction } from './foreign.js';
import type { Machine } from './machine.js';

/** A machine with these files, whose links lead elsewhere. */
function createMachine(
  files: readonly string[],
  changes: Partial<Machine> & { readonly links?: Readonly<Record<string, string>> } = {},
): Machine {
  const { links = {}, ...rest } = changes;
  const exists = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`));
  return {
    platform: 'linux',
    environment: {},
    homeFolder: '/home/ada',
    processor: 'AMD EPYC',
    features: new Set(),
    list: (folder) => {
      const inside = files.filter((file) => file.startsWith(`${folder}/`));
      return [...new Set(inside.map((file) => file.slice(folder.length + 1).split('/')[0]!))].sort();
    },
    resolve: (path) => links[path] ?? (exists(path) ? path : undefined),
    ...rest,
  };
}

type FakeLibrary = () => Readonly<Record<string, ForeignFunction>>;

/** Libraries by path, each making a record of functions when it is loaded. Notes what is loaded, with the kernels that the environment asks for. */
function createForeign(libraries: Readonly<Record<string, FakeLibrary>>) {
  const events: string[] = [];
  const foreign: Foreign = {
    load(path) {
      const library = libraries[path];
      if (!library) throw new Error('no such file');
      const functions = library();
      events.push(`load ${path} ${process.env.OPENBLAS_CORETYPE ?? ''}`.trim());
      return {
        find: (declaration) => functions[/(\w+)\(/.exec(declaration)?.[1] ?? ''],
        unload: () => events.push(`unload ${path}`),
      };
    },
    addressOf: () => 0,
    allocate: () => ({ address: 0, free: () => {} }),
  };
  return { foreign, events };
}

const nothing: ForeignFunction = () => undefined;

/** An OpenBLAS that has kernels for all processors, and takes this one for `core` unless it is told otherwise. */
const openBlas =
  (core: string, prefix = '', suffix = ''): FakeLibrary =>
  () => {
    const chosen = process.env.OPENBLAS_CORETYPE ?? core;
    return {
      [`${prefix}cblas_sgemm${suffix}`]: nothing,
      [`${prefix}openblas_get_corename${suffix}`]: () => chosen,
      [`${prefix}openblas_get_config${suffix}`]: () => 'OpenBLAS 0.3.99 DYNAMIC_ARCH',
      [`${prefix}openblas_set_num_threads${suffix}`]: nothing,
    };
  };

const plainLibrary: FakeLibrary = () => ({ cblas_sgemm: nothing });

const mklFolder = '/env/lib';
const mklPath = `${mklFolder}/libmkl_rt.so.3`;
const mklFiles = [mklPath, `${mklFolder}/libmkl_core.so.3`, `${mklFolder}/libmkl_sequential.so.3`];
const numpyPath = '/env/lib/python3.11/site-packages/numpy.libs/libscipy_openblas64_-1a2b.so';
const inEnvironment = { environment: { VIRTUAL_ENV: '/env' } };
const avx512 = new Set(['avx2', 'fma', 'avx512f', 'avx512dq', 'avx512bw', 'avx512vl']);

function find(choice: string | undefined, machine: Machine, foreign: Foreign): Blas {
  const found = findBlas(choice, { machine, foreign });
  if ('reason' in found) throw new Error(found.reason);
  return found;
}

const pathOf = (...args: Parameters<typeof find>) => find(...args).recipe.path;

describe('findBlas', () => {
  const all = {
    'libopenblas.so.0': openBlas('Haswell'),
    [mklPath]: plainLibrary,
    [numpyPath]: openBlas('Haswell', 'scipy_', '64_'),
  };

  test('prefers MKL on processors of Intel, OpenBLAS on others, Accelerate on macOS', () => {
    const { foreign } = createForeign(all);
    const files = [...mklFiles, numpyPath];
    expect(pathOf(undefined, createMachine(files, { ...inEnvironment, processor: 'Intel(R) Xeon(R)' }), foreign)).toBe(
      mklPath,
    );
    expect(pathOf(undefined, createMachine(files, inEnvironment), foreign)).toBe('libopenblas.so.0');
    const framework = '/System/Library/Frameworks/Accelerate.framework/Accelerate';
    const mac = createForeign({ [framework]: plainLibrary });
    expect(pathOf(undefined, createMachine([], { platform: 'darwin' }), mac.foreign)).toBe(framework);
  });

  test('takes what is wanted, by name or path', () => {
    const { foreign } = createForeign(all);
    const machine = createMachine([...mklFiles, numpyPath], { ...inEnvironment, processor: 'Intel(R) Xeon(R)' });
    expect(pathOf('openblas', machine, foreign)).toBe('libopenblas.so.0');
    expect(pathOf('numpy', machine, foreign)).toBe(numpyPath);
    expect(pathOf(numpyPath, machine, foreign)).toBe(numpyPath);
    expect(findBlas('accelerate', { machine, foreign })).toMatchObject({
      reason: expect.stringContaining('SOFD_BLAS=accelerate'),
    });
    expect(readChoice('/opt/lib/libblas.so')).toBe('/opt/lib/libblas.so');
    expect(readChoice(undefined)).toBeUndefined();
    expect(() => readChoice('openbias')).toThrow(InvalidOptionError);
    expect(() => readChoice('openbias')).toThrow(
      "SOFD_BLAS: expected accelerate, mkl, openblas, numpy or the path of a library, got 'openbias'",
    );
  });

  test('finds numpy in the active environment, in that of the linked python3, in the home folder', () => {
    const { foreign } = createForeign({
      [numpyPath]: openBlas('Haswell', 'scipy_', '64_'),
      '/home/ada/.local/lib/python3.12/site-packages/scipy.libs/libscipy_openblas.so': openBlas('Haswell', 'scipy_'),
    });
    const linked = {
      environment: { PATH: '/nowhere:/usr/bin' },
      links: { '/usr/bin/python3': '/env/bin/python3.11' },
    };
    expect(pathOf('numpy', createMachine([numpyPath], inEnvironment), foreign)).toBe(numpyPath);
    expect(pathOf('numpy', createMachine([numpyPath], linked), foreign)).toBe(numpyPath);
    const home = '/home/ada/.local/lib/python3.12/site-packages/scipy.libs/libscipy_openblas.so';
    expect(pathOf('numpy', createMachine([home]), foreign)).toBe(home);
  });

  test('declares integers as wide as the build takes them', () => {
    const sgemmOf = (prefix: string, suffix: string) => {
      const { foreign } = createForeign({ 'libopenblas.so.0': openBlas('Haswell', prefix, suffix) });
      return find('openblas', createMachine([]), foreign).recipe.sgemm;
    };
    expect(sgemmOf('', '')).toMatch(/^void cblas_sgemm\(int, int, int, int, int, int, float, uintptr_t, int,/);
    expect(sgemmOf('scipy_', '')).toMatch(/^void scipy_cblas_sgemm\(int, int, int, int, int, int,/);
    expect(sgemmOf('scipy_', '64_')).toMatch(/^void scipy_cblas_sgemm64_\(int, int, int, int64_t, int64_t, int64_t,/);
    expect(sgemmOf('', '_64')).toMatch(/^void cblas_sgemm_64\(int, int, int, int64_t, int64_t, int64_t,/);
  });

  test.each([
    ['Prescott', avx512, 'SkylakeX'],
    ['Haswell', avx512, 'SkylakeX'],
    ['Prescott', new Set(['avx2', 'fma']), 'Haswell'],
  ])('loads an OpenBLAS again that takes the processor for a %s', (core, features, better) => {
    const { foreign, events } = createForeign({ 'libopenblas.so.0': openBlas(core) });
    const { description } = find('openblas', createMachine([], { features }), foreign);
    expect(description).toBe(`OpenBLAS 0.3.99, ${better} kernels`);
    expect(events).toEqual(['load libopenblas.so.0', 'unload libopenblas.so.0', `load libopenblas.so.0 ${better}`]);
    expect(process.env.OPENBLAS_CORETYPE).toBeUndefined();
  });

  test.each([
    ['that knows it', 'SapphireRapids', avx512, {}],
    ['without AVX2', 'Nehalem', new Set(['sse4_2']), {}],
    ['of another architecture', 'neoversen1', new Set<string>(), {}],
    ['where the user has chosen', 'Prescott', avx512, { OPENBLAS_CORETYPE: 'Prescott' }],
  ])('leaves the kernels for a processor %s', (_, core, features, environment) => {
    const { foreign, events } = createForeign({ 'libopenblas.so.0': openBlas(core) });
    find('openblas', createMachine([], { features, environment }), foreign);
    expect(events).toEqual(['load libopenblas.so.0']);
  });

  test('passes over an MKL without its parts, which would end the process', () => {
    const { foreign, events } = createForeign(all);
    const machine = createMachine([mklPath], { ...inEnvironment, processor: 'Intel(R) Xeon(R)' });
    expect(pathOf(undefined, machine, foreign)).toBe('libopenblas.so.0');
    expect(events.join()).not.toContain('mkl');
  });

  test('says what was tried where nothing loads', () => {
    const { foreign } = createForeign({ 'libopenblas.so': () => ({}) });
    expect(findBlas(undefined, { machine: createMachine([]), foreign })).toEqual({
      reason:
        'no BLAS library was found; libopenblas.so.0: Error: no such file; libopenblas.so: expected the function cblas_sgemm, got none; name another library.',
      remedy: expect.stringContaining('apt-get install libopenblas0-pthread'),
    });
  });
});
