import type { Foreign, ForeignLibrary } from './foreign.js';
import { useLargePages } from './large-pages.js';

/** The bytes of a cache line, at whose multiples libraries work best. */
const alignment = 64;

/** Loads koffi. Rejects where it has no binary for the platform. */
export async function loadForeign(): Promise<Foreign> {
  const { default: koffi } = await import('koffi');
  const load = (path: string): ForeignLibrary => {
    const library = koffi.load(path);
    return {
      find(declaration) {
        try {
          return library.func(declaration);
        } catch {
          return undefined;
        }
      },
      unload: () => library.unload(),
    };
  };
  return {
    load,
    addressOf: (bytes) => Number(koffi.address(bytes)),
    allocate(byteLength) {
      const pointer = koffi.alloc('uint8_t', byteLength + alignment);
      const address = Math.ceil(Number(koffi.address(pointer)) / alignment) * alignment;
      useLargePages({ load }, { address, byteLength });
      return { address, free: () => koffi.free(pointer) };
    },
  };
}
