import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The packages of tfjs whose binding to TensorFlow can be built, the preferred one first. They differ only in name. */
export const tfjsNodePackages = ['tfjs-node-gpu', 'tfjs-node'] as const;

/** A package with tfjs's binding to TensorFlow, without its scope. */
export type TfjsNodePackage = (typeof tfjsNodePackages)[number];

/** The version whose sources are known to build. */
export const tfjsNodeVersion = '4.22.0';

/** A package with tfjs's binding, as npm installed it. */
export interface InstalledTfjsNode {
  readonly name: TfjsNodePackage;
  readonly version: string;
  readonly folder: string;
}

/** Finds an installed package of tfjs: beside this package, where peers are, or in the project of the working directory. */
export function findTfjsNode(name: TfjsNodePackage): InstalledTfjsNode | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
    try {
      const file = createRequire(from).resolve(`@tensorflow/${name}/package.json`);
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
      return { name, version, folder: dirname(file) };
    } catch {
      // Not installed here.
    }
  }
  return undefined;
}

/** What to type to install one. Its install script would download an old TensorFlow, or fail to. */
export const installTfjsNode = (name: TfjsNodePackage): string =>
  `npm install --ignore-scripts @tensorflow/${name}@${tfjsNodeVersion}`;
