import { join } from 'node:path';
import { openOpenBlas } from './openblas-library.js';
import type { BlasProvider } from './provider.js';
import { findSitePackages } from './python-environments.js';

/** The folders beside a package of Python in which its wheel keeps the libraries that it brings along. */
const bundles = ['numpy.libs', 'scipy.libs', join('numpy', '.dylibs'), join('scipy', '.dylibs')];

/** The OpenBLAS that numpy or scipy brought along, in a Python environment. */
export const numpyOpenBlas: BlasProvider = {
  name: 'numpy',
  locate: (machine) =>
    findSitePackages(machine).flatMap((packages) =>
      bundles
        .map((bundle) => join(packages, bundle))
        .flatMap((folder) =>
          machine
            .list(folder)
            .filter(isOpenBlas)
            .map((name) => join(folder, name)),
        ),
    ),
  open: openOpenBlas,
};

/** Wheels add a digest to the name: `libscipy_openblas64_-32a4b2a6.so`. */
const isOpenBlas = (name: string) => /openblas.*\.(so|dylib|dll)/.test(name);
