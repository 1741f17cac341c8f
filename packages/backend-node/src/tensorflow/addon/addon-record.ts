import { readFileSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addonSourceDigest } from './addon-source.js';
import { cacheFolder } from './cache-folder.js';
import {
  findTfjsNode,
  type InstalledTfjsNode,
  installTfjsNode,
  type TfjsNodePackage,
  tfjsNodePackages,
  tfjsNodeVersion,
} from './tfjs-node-package.js';

/** A TensorFlow library, and what tells that it was replaced. */
export interface LibraryIdentity {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The addon that the engine loads. Written by the set-up, one for each package of tfjs. */
export interface AddonRecord {
  /** The built file. */
  readonly addon: string;
  /** {@link addonSourceDigest} of what it was built from. */
  readonly source: string;
  readonly tensorflow: {
    readonly version: string;
    /** The version of CUDA that TensorFlow was built for; null for a build without. */
    readonly cuda: string | null;
    readonly library: LibraryIdentity;
  };
}

/** An addon that can be loaded, with the package whose JavaScript goes with it. */
export interface UsableAddon {
  readonly record: AddonRecord;
  readonly tfjs: InstalledTfjsNode;
}

/** Why there is none, and what to do. */
export interface NoAddon {
  readonly reason: string;
  readonly remedy: string;
}

/** The folder of built addons. */
export const addonsFolder = (): string => join(cacheFolder(), 'tensorflow');

const recordFile = ({ name, version }: Pick<InstalledTfjsNode, 'name' | 'version'>): string =>
  join(addonsFolder(), `${name}-${version}-${process.platform}-${process.arch}.json`);

/** Reads what tells a library from its replacement. */
export function identifyLibrary(path: string): LibraryIdentity {
  const { size, mtimeMs } = statSync(path);
  return { path, bytes: size, modifiedMs: Math.round(mtimeMs) };
}

/** Makes an addon the one that the engine loads. */
export async function writeAddonRecord(tfjs: InstalledTfjsNode, record: AddonRecord): Promise<void> {
  const file = recordFile(tfjs);
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(record, null, 2)}\n`);
  await rename(part, file);
}

/** Finds the addon that the set-up left for an installed package of tfjs. Cheap: it looks at files and loads nothing. */
export function findAddon(): UsableAddon | NoAddon {
  const installed = tfjsNodePackages.flatMap((name) => findTfjsNode(name) ?? []);
  const fitting = installed.filter(({ version }) => version === tfjsNodeVersion);
  if (fitting.length === 0) return missingPackage(installed[0]);
  const answers = fitting.map((tfjs) => lookUp(tfjs));
  return answers.find((answer) => 'record' in answer) ?? (answers[0] as NoAddon);
}

function missingPackage(other: InstalledTfjsNode | undefined): NoAddon {
  const name: TfjsNodePackage = other?.name ?? tfjsNodePackages[0];
  const reason = other
    ? `@tensorflow/${name} is ${other.version}, and the engine needs ${tfjsNodeVersion}`
    : `@tensorflow/${name} is not installed`;
  return { reason, remedy: `Run \`${installTfjsNode(name)}\`, then \`npx sofd setup tensorflow\`.` };
}

function lookUp(tfjs: InstalledTfjsNode): UsableAddon | NoAddon {
  const record = readRecord(recordFile(tfjs));
  if (!record) return { reason: `not built for @tensorflow/${tfjs.name}`, remedy: 'Run `npx sofd setup tensorflow`.' };
  const { library } = record.tensorflow;
  const again = 'Run `npx sofd setup tensorflow` again.';
  if (record.source !== addonSourceDigest) return { reason: 'built by another version of sofd', remedy: again };
  try {
    statSync(record.addon);
    const { bytes, modifiedMs } = identifyLibrary(library.path);
    if (bytes === library.bytes && modifiedMs === library.modifiedMs) return { record, tfjs };
    return { reason: `the TensorFlow that it was built for was replaced: ${library.path}`, remedy: again };
  } catch (cause) {
    const { path = library.path } = cause as NodeJS.ErrnoException;
    return { reason: `${path} is gone`, remedy: again };
  }
}

/** Undefined where there is none, or one that another version wrote. */
function readRecord(file: string): AddonRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as AddonRecord;
    const { path, bytes, modifiedMs } = record.tensorflow.library;
    const isWhole = [record.addon, record.tensorflow.version, path].every((text) => typeof text === 'string');
    return isWhole && typeof bytes === 'number' && typeof modifiedMs === 'number' ? record : undefined;
  } catch {
    return undefined;
  }
}
