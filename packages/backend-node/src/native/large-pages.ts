import type { Foreign, ForeignFunction } from './foreign.js';

/** Bytes of a page that every Linux can map, and a multiple of the smaller ones. */
const pageBytes = 65_536;

/** `MADV_HUGEPAGE` of `<sys/mman.h>`. */
const adviceLarge = 14;

let advise: ForeignFunction | undefined;

/**
 * Asks Linux to back memory with pages of 2 MiB instead of 4 KiB, as far as it has not been written yet.
 *
 * A pass over the weights of a model touches a hundred thousand small pages, more than the processor keeps translations for. Systems
 * leave large ones to those who ask. Nothing happens elsewhere, or where the system refuses.
 *
 * @param range - an absolute address, and how many bytes follow. Parts that are not mapped are left alone.
 */
export function useLargePages(
  foreign: Pick<Foreign, 'load'>,
  range: { readonly address: number; readonly byteLength: number },
): void {
  if (process.platform !== 'linux') return;
  advise ??= findAdvise(foreign);
  const start = Math.ceil(range.address / pageBytes) * pageBytes;
  const end = Math.floor((range.address + range.byteLength) / pageBytes) * pageBytes;
  if (end > start) advise(start, end - start, adviceLarge);
}

function findAdvise(foreign: Pick<Foreign, 'load'>): ForeignFunction {
  for (const name of ['libc.so.6', 'libc.so']) {
    try {
      const found = foreign.load(name).find('int madvise(uintptr_t, size_t, int)');
      if (found) return found;
    } catch {
      // The C library has another name.
    }
  }
  return () => -1;
}
