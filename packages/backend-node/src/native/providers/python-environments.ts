import { delimiter, dirname, join } from 'node:path';
import type { Machine } from '../machine.js';

/**
 * The folders in which Python environments of this machine keep installed packages: the active environment first, then the
 * one of the `python3` on the path, the user's and the system's.
 *
 * Found by looking, without starting Python.
 */
export function findSitePackages(machine: Machine): readonly string[] {
  const { platform, homeFolder } = machine;
  const inRoots = findRoots(machine).flatMap((root) =>
    platform === 'win32' ? [join(root, 'Lib', 'site-packages')] : findVersions(machine, join(root, 'lib')),
  );
  const others = platform === 'win32' ? [] : findVersions(machine, join(homeFolder, '.local', 'lib'));
  const system = platform === 'linux' ? ['/usr/lib/python3/dist-packages'] : [];
  return [...new Set([...inRoots, ...others, ...system])].filter((folder) => machine.list(folder).length > 0);
}

/** The folders in which environments keep libraries that belong to no package, as `pip install mkl` does. */
export function findLibraryFolders(machine: Machine): readonly string[] {
  const folder = machine.platform === 'win32' ? join('Library', 'bin') : 'lib';
  return findRoots(machine).map((root) => join(root, folder));
}

/** The folders that environments are installed in, the active one first. */
function findRoots({ environment, platform, resolve }: Machine): readonly string[] {
  const active = [environment.VIRTUAL_ENV, environment.CONDA_PREFIX].filter((root) => root !== undefined);
  const program = platform === 'win32' ? 'python.exe' : 'python3';
  // The program may be a link into the environment that another one was made from.
  const programs = (environment.PATH ?? '').split(delimiter).flatMap((folder) => {
    const path = join(folder, program);
    return [path, resolve(path)].filter((place) => place !== undefined && resolve(path) !== undefined);
  });
  const onPath = programs.map((path) => (platform === 'win32' ? dirname(path!) : dirname(dirname(path!))));
  return [...new Set([...active, ...onPath, ...(platform === 'win32' ? [] : ['/usr/local', '/usr'])])];
}

/** `lib/python3.x/site-packages`, newest first, and what Debian calls `dist-packages`. */
function findVersions(machine: Machine, folder: string): readonly string[] {
  const versions = machine
    .list(folder)
    .filter((name) => /^python3\.\d+$/.test(name))
    .sort((a, b) => Number(b.slice('python3.'.length)) - Number(a.slice('python3.'.length)));
  return versions.flatMap((version) => ['site-packages', 'dist-packages'].map((name) => join(folder, version, name)));
}
