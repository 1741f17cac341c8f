import { join } from 'node:path';
import { openOpenBlas } from './openblas-library.js';
import type { BlasProvider } from './provider.js';
import { findLibraryFolders } from './python-environments.js';

/** Where each platform keeps OpenBLAS. */
const fileNames: Readonly<Record<string, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so'],
  darwin: ['libopenblas.dylib'],
  win32: ['libopenblas.dll', 'openblas.dll'],
};

/** The OpenBLAS of the system, or of a conda environment. */
export const openBlas: BlasProvider = {
  name: 'openblas',
  locate(machine) {
    const names = fileNames[machine.platform] ?? [];
    const besides =
      machine.platform === 'darwin' ? ['/opt/homebrew/opt/openblas/lib', '/usr/local/opt/openblas/lib'] : [];
    const folders = [...findLibraryFolders(machine), ...besides];
    // The system's loader knows where to look for a bare name.
    return [...names, ...folders.flatMap((folder) => names.map((name) => join(folder, name)))].filter(
      (path) => names.includes(path) || machine.resolve(path) !== undefined,
    );
  },
  open: openOpenBlas,
};
