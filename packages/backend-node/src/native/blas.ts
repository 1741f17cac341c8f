import { existsSync, readFileSync } from 'node:fs';

/** A single-precision matrix product of a native library, on memory that JavaScript sees too. */
export interface Blas {
  /** The library and its kernels, for people. */
  readonly description: string;
  /** Asks for threads in large products, and returns how many the library then uses. One setting for the process. */
  readonly setThreads: (count: number) => number;
  /**
   * `c = a b + beta c` for row-major matrices, `a` and `b` optionally transposed.
   */
  readonly sgemm: (product: SgemmCall) => void;
}

/** The arguments of a product. Extents are those after transposition. */
export interface SgemmCall {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly c: Float32Array;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** 0 overwrites `c`, 1 adds to it. */
  readonly beta: 0 | 1;
}

/** Why there is no library, and what to do. */
export interface NoBlas {
  readonly reason: string;
  readonly remedy: string;
}

/** Where each platform keeps a library with the C interface to BLAS, and how to get one. */
const libraries: Readonly<Record<string, { readonly names: readonly string[]; readonly remedy: string }>> = {
  linux: {
    names: ['libopenblas.so.0', 'libopenblas.so'],
    remedy: 'Install OpenBLAS: `apt-get install libopenblas0-pthread`, or the openblas package of your distribution.',
  },
  darwin: {
    names: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'],
    remedy: 'Use wasm(): Accelerate should be part of macOS.',
  },
  win32: { names: ['libopenblas.dll', 'openblas.dll'], remedy: 'Put libopenblas.dll on the PATH, or use wasm().' },
};

type Koffi = typeof import('koffi').default;
type Library = ReturnType<Koffi['load']>;

let found: Promise<Blas | NoBlas> | undefined;

/** Loads the machine's BLAS library, once for the process. */
export function loadBlas(): Promise<Blas | NoBlas> {
  found ??= open();
  return found;
}

async function open(): Promise<Blas | NoBlas> {
  const places = libraries[process.platform];
  if (!places) return { reason: `no BLAS library is known for ${process.platform}`, remedy: 'Use wasm().' };
  const koffi = await importKoffi();
  if ('reason' in koffi) return koffi;
  preferWideKernels();
  for (const name of places.names) {
    try {
      const library = koffi.load(name);
      return { description: describe(library, name), setThreads: bindThreads(library), sgemm: bindSgemm(library) };
    } catch {
      // The next name may be present.
    }
  }
  return { reason: `${places.names.join(' and ')} cannot be loaded`, remedy: places.remedy };
}

async function importKoffi(): Promise<Koffi | NoBlas> {
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { reason: `koffi does not load: ${message}`, remedy: 'Reinstall koffi for this platform, or use wasm().' };
  }
}

/** OpenBLAS takes some processors with AVX-512 for older ones, at half their speed. It reads this when it is loaded. */
function preferWideKernels(): void {
  const cpuInfo = '/proc/cpuinfo';
  if (process.env.OPENBLAS_CORETYPE !== undefined || !existsSync(cpuInfo)) return;
  if (/\bavx512f\b/.test(readFileSync(cpuInfo, 'utf8'))) process.env.OPENBLAS_CORETYPE = 'SkylakeX';
}

function describe(library: Library, name: string): string {
  try {
    const core = library.func('const char *openblas_get_corename()')() as string;
    return `OpenBLAS, ${core} kernels`;
  } catch {
    return name.includes('Accelerate') ? 'Accelerate' : name;
  }
}

/** Libraries without the function count as one thread. */
function bindThreads(library: Library): (count: number) => number {
  try {
    const set = library.func('void openblas_set_num_threads(int)') as (count: number) => void;
    const get = library.func('int openblas_get_num_threads()') as () => number;
    return (count) => {
      set(count);
      return get();
    };
  } catch {
    return () => 1;
  }
}

/** Constants of the C interface. */
const rowMajor = 101;
const asItIs = 111;
const transposed = 112;

function bindSgemm(library: Library): Blas['sgemm'] {
  const call = library.func(
    'void cblas_sgemm(int, int, int, int, int, int, float, void *, int, void *, int, float, void *, int)',
  ) as (...args: unknown[]) => void;
  return ({ a, b, c, rows, inner, columns, transposeA, transposeB, beta }) => {
    const [orderA, strideA] = transposeA ? [transposed, rows] : [asItIs, inner];
    const [orderB, strideB] = transposeB ? [transposed, inner] : [asItIs, columns];
    call(rowMajor, orderA, orderB, rows, columns, inner, 1, a, strideA, b, strideB, beta, c, columns);
  };
}
