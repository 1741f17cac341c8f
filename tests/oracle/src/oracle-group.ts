import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OracleManifest, oracleManifestFile } from './oracle-manifest.js';
import { reviveNonFinite } from './revive-non-finite.js';
import { parseTolerance, type Tolerance } from './tolerance.js';

/** The numbers of an array, in the type that its manifest names. */
export type OracleData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** An array as its manifest describes it. */
export interface OracleArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Row-major. */
  readonly data: OracleData;
}

/** One group of fixtures. */
export interface OracleGroup {
  readonly name: string;
  readonly folder: string;
  /** The whole group from outside the repository, or the compact selection in it. */
  readonly origin: 'full' | 'fixtures';
  readonly manifest: OracleManifest;
  /** Reads an array that the manifest lists. */
  array(name: string): OracleArray;
  /** The names of the arrays that match, in the manifest's order; for names that depend on the folder. */
  arrayNames(pattern: RegExp): string[];
  /** The tolerance that the manifest states for an array. */
  tolerance(name: string): Tolerance;
  /** Reads a JSON file; "NaN" and "Infinity" are numbers unless `texts` says that they are not. */
  json<T = unknown>(file: string, options?: { texts?: boolean }): T;
  bytes(file: string): Uint8Array<ArrayBuffer>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

const types: Record<string, new (buffer: ArrayBuffer) => OracleData> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
};
const shortNames: Record<string, string> = {
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
};

/** A copy, since a Buffer's memory may be shared and start at any byte. */
const readBytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));

function entryOf(manifest: OracleManifest, name: string): OracleManifest['arrays'][string] {
  const entry = manifest.arrays[name];
  if (entry === undefined)
    throw new Error(`oracle ${manifest.group}: expected an array "${name}"; the manifest lists none.`);
  return entry;
}

function readArray(folder: string, manifest: OracleManifest, name: string): OracleArray {
  const entry = entryOf(manifest, name);
  const dtype = shortNames[entry.dtype] ?? entry.dtype;
  const Type = types[dtype];
  if (Type === undefined) throw new Error(`oracle ${manifest.group}: "${name}" has the unknown type ${entry.dtype}.`);
  const data = new Type(readBytes(join(folder, entry.file)).buffer);
  const length = entry.shape.reduce((product, size) => product * size, 1);
  if (data.length !== length)
    throw new Error(
      `oracle ${manifest.group}: "${name}" has ${data.length} numbers, its shape [${entry.shape}] ${length}.`,
    );
  return { shape: entry.shape, dtype, data };
}

function openGroup(name: string, folder: string, origin: OracleGroup['origin']): OracleGroup {
  const manifest = JSON.parse(readFileSync(join(folder, oracleManifestFile), 'utf8')) as OracleManifest;
  return {
    name,
    folder,
    origin,
    manifest,
    array: (array) => readArray(folder, manifest, array),
    arrayNames: (pattern) => Object.keys(manifest.arrays).filter((array) => pattern.test(array)),
    tolerance: (array) => parseTolerance(entryOf(manifest, array).tolerance ?? 'none'),
    json: <T>(file: string, { texts = false }: { texts?: boolean } = {}) => {
      const value: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return (texts ? value : reviveNonFinite(value)) as T;
    },
    bytes: (file) => readBytes(join(folder, file)),
  };
}

/** The folder with the full groups: `SOFD_ORACLE`, relative to the repository. It need not exist. */
export const oracleFolder = (): string => resolve(root, process.env.SOFD_ORACLE ?? '../shared/oracle');

/**
 * A group of fixtures: the full one where the folder `SOFD_ORACLE` has it (default `../shared/oracle`), else the compact
 * selection in the repository. With `SOFD_ORACLE_ONLY=1` there is no second choice.
 *
 * @param name - the group's folder, such as `label_graph` or `clip_tiny/A_realvocab`
 * @returns null where there is none
 */
export function oracleGroup(name: string): OracleGroup | null {
  const full = join(oracleFolder(), name);
  if (existsSync(join(full, oracleManifestFile))) return openGroup(name, full, 'full');
  const compact = join(fixtures, name);
  const allowed = process.env.SOFD_ORACLE_ONLY !== '1';
  if (allowed && existsSync(join(compact, oracleManifestFile))) return openGroup(name, compact, 'fixtures');
  return null;
}
