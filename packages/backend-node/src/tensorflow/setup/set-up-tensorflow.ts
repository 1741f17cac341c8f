import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidOptionError, type Progress } from '@sofd/core';
import { addonsFolder, identifyLibrary, type LibraryIdentity, writeAddonRecord } from '../addon/addon-record.js';
import { addonSource, addonSourceDigest } from '../addon/addon-source.js';
import {
  findTfjsNode,
  type InstalledTfjsNode,
  installTfjsNode,
  type TfjsNodePackage,
  tfjsNodePackages,
  tfjsNodeVersion,
} from '../addon/tfjs-node-package.js';
import { assertPlatform } from './assert-platform.js';
import { checkAddon } from './check-addon.js';
import { type Compiler, compileAddon, findCompiler, napiVersion } from './compile-addon.js';
import { findTensorflow, type InstalledTensorflow } from './find-tensorflow.js';
import { type Host, thisHost } from './host.js';
import { setupError } from './setup-error.js';

const addonFile = 'tfjs_binding.node';

/** Options of {@link setUpTensorflow}. */
export interface SetUpTensorflowOptions {
  /** The Python whose TensorFlow is used. When left out: that of the active environment, `python3`, `python`. */
  readonly python?: string | undefined;
  /** The package of tfjs whose binding is built: the first that is installed of `tfjs-node-gpu` and `tfjs-node`. */
  readonly package?: TfjsNodePackage | undefined;
  /** Builds again what is built already. False when left out. */
  readonly force?: boolean | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link setUpTensorflow} did. */
export interface TensorflowSetup {
  /** The built file. */
  readonly addon: string;
  /** False where it was built before. */
  readonly built: boolean;
  /** The package whose binding it is. */
  readonly package: TfjsNodePackage;
  readonly python: string;
  readonly tensorflow: {
    readonly version: string;
    /** The version of CUDA that TensorFlow was built for; null for a build without. */
    readonly cuda: string | null;
  };
  /** Whether it computes on an NVIDIA card here. */
  readonly gpu: boolean;
}

/**
 * Builds tfjs's binding against the TensorFlow that pip installed, checks it with a known product, and makes it the one that
 * the engine `tensorflow` loads.
 *
 * The addon goes into the user's cache folder, keyed by the versions of all that it depends on. Nothing is downloaded.
 *
 * @param options - which Python, which package of tfjs.
 * @returns what was built.
 * @throws BackendUnavailableError saying what is missing and what to type to get it.
 * @example
 * ```ts no-run: needs a compiler and TensorFlow
 * import { setUpTensorflow } from '@sofd/backend-node';
 *
 * const { tensorflow, gpu } = await setUpTensorflow({ python: 'tensorflow-env/bin/python' });
 * console.log(tensorflow.version, gpu ? 'on the GPU' : 'on the CPU');
 * ```
 */
export const setUpTensorflow = (options: SetUpTensorflowOptions = {}): Promise<TensorflowSetup> =>
  setUpOn(thisHost(), options);

/** {@link setUpTensorflow} on a machine that tests may make up. */
export async function setUpOn(host: Host, options: SetUpTensorflowOptions): Promise<TensorflowSetup> {
  const { python, force = false, progress = () => {}, signal } = options;
  const stages = ['looking for TensorFlow', 'compiling, about 10 seconds', 'computing a known product', 'ready'];
  const report = (done: number) =>
    progress({ stage: 'set up', done, total: stages.length - 1, note: stages[done] as string });
  assertPlatform(host);
  const tfjs = requireTfjsNode(options.package);
  report(0);
  const found = await findTensorflow(host, { python, signal });
  const compiler = await findCompiler(host);
  report(1);
  const library = identifyLibrary(join(found.libraries, 'libtensorflow_cc.so.2'));
  const ingredients = { tfjs, tensorflow: found, compiler, architecture: host.architecture };
  const folder = join(addonsFolder(), addonKey(ingredients, library));
  const addon = join(folder, addonFile);
  const built = force || !host.exists(addon);
  const check = (file: string) => {
    report(2);
    return checkAddon(host, file, signal);
  };
  const { version, gpu } = built
    ? await fillFolder(folder, async (part) => {
        const [source, output] = [join(part, 'addon.cc'), join(part, addonFile)];
        await writeFile(source, addonSource);
        await compileAddon(host, { compiler, tfjs, tensorflow: found, source, output }, signal);
        return check(output);
      })
    : await check(addon);
  const { cuda } = found;
  await writeAddonRecord(tfjs, { addon, source: addonSourceDigest, tensorflow: { version, cuda, library } });
  report(3);
  return { addon, built, package: tfjs.name, python: found.python, tensorflow: { version, cuda }, gpu };
}

function requireTfjsNode(chosen: TfjsNodePackage | undefined): InstalledTfjsNode {
  if (chosen !== undefined && !tfjsNodePackages.includes(chosen))
    throw new InvalidOptionError(
      `setUpTensorflow: expected a package of ${tfjsNodePackages.join(', ')}, got '${chosen}'; choose one of them.`,
    );
  const names = chosen === undefined ? tfjsNodePackages : [chosen];
  const installed = names.map(findTfjsNode).filter((found) => found !== undefined);
  const fitting = installed.find(({ version }) => version === tfjsNodeVersion);
  if (fitting) return fitting;
  throw setupError({
    expected: `@tensorflow/${names[0]} ${tfjsNodeVersion}`,
    got: installed[0] ? `${installed[0].version}` : 'none',
    remedy: `run \`${installTfjsNode(names[0] as TfjsNodePackage)}\`.`,
  });
}

/** All that a build depends on. */
export interface AddonIngredients {
  readonly tfjs: InstalledTfjsNode;
  readonly tensorflow: InstalledTensorflow;
  readonly compiler: Compiler;
  readonly architecture: string;
}

/** The name of the folder of a build: readable in front, and different for whatever else matters. */
export function addonKey(
  { tfjs, tensorflow, compiler, architecture }: AddonIngredients,
  library: LibraryIdentity,
): string {
  const identity = JSON.stringify([library, tensorflow.cxx11Abi, compiler.version, napiVersion, addonSourceDigest]);
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return `${tfjs.name}-${tfjs.version}-tensorflow-${tensorflow.version}-${architecture}-${digest}`;
}

/** Fills a folder beside its place and moves it there at the end, so that nobody ever sees half of it, or one that failed. */
async function fillFolder<T>(folder: string, fill: (part: string) => Promise<T>): Promise<T> {
  const parent = addonsFolder();
  await mkdir(parent, { recursive: true });
  const part = await mkdtemp(join(parent, 'part-'));
  try {
    const result = await fill(part);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    return result;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
