import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages whose sources changed after they were built: what is measured is what was built.
 *
 * @param packages - the folder of all packages.
 * @returns their names.
 */
export function findStalePackages(packages: string): readonly string[] {
  return readdirSync(packages).filter((name) => {
    const built = join(packages, name, 'dist', 'index.js');
    return !existsSync(built) || lastChange(join(packages, name, 'src')) > statSync(built).mtimeMs;
  });
}

/** Of the files below a folder, tests apart. */
const lastChange = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
  );
