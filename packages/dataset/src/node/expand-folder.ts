import { DatasetError, type DatasetRow, type SplitName, throwIfAborted } from '@sofd/core';
import { faceCropVersion } from '@sofd/face';
import { compareText } from '../compare-text.js';
import { clusterIdentities } from '../identity/cluster-identities.js';
import { splitByIdentity, splitNames } from '../identity/split-by-identity.js';
import { resolveAnnotation } from '../relabel/relabel.js';
import { collectFaces, type FaceCollection, type SkippedItem } from './collect-faces.js';
import { computeDigest } from './compute-digest.js';
import { type DatasetInfo, datasetFormat, infoFile, metadataFile } from './dataset-info.js';
import { encodeImagePng, encodeMaskPng } from './encode-png.js';
import { countExpandedImages, expandFaces, type SplitFaces } from './expand-faces.js';
import { type ExpandOptions, type ResolvedExpandOptions, resolveExpandOptions } from './expand-options.js';
import { listPhotos } from './list-photos.js';
import { assertReplaceable, type StagedFolder, stageFolder } from './output-folder.js';

/** What an expansion made. */
export interface ExpansionSummary {
  /** Photographs that could be decoded. */
  readonly photos: number;
  /** Faces used. */
  readonly faces: number;
  /** What was left out, and why. */
  readonly skipped: readonly SkippedItem[];
  /** Images by expansion mode, originals not counted. */
  readonly expanded: Readonly<Record<string, number>>;
  /** Different people among the faces. */
  readonly identities: number;
  /** Images by split. */
  readonly splits: Readonly<Record<SplitName, number>>;
  /** SHA-256 of the content: the same photographs, recipe and seed give the same. */
  readonly digest: string;
}

const toLine = (row: DatasetRow): string => `${JSON.stringify(row)}\n`;

async function writeImages(
  folder: StagedFolder,
  faces: SplitFaces,
  options: ResolvedExpandOptions,
): Promise<{ rows: DatasetRow[]; skipped: SkippedItem[] }> {
  const rows: DatasetRow[] = [];
  const skipped: SkippedItem[] = [];
  const total = countExpandedImages(faces.samples, options);
  for (const item of expandFaces(faces, options)) {
    throwIfAborted(options.signal, 'expandFolder');
    const done = rows.length + skipped.length;
    if ('reason' in item) {
      skipped.push(item);
      continue;
    }
    options.onProgress?.({ stage: 'expand', done, total, note: item.row.id });
    await folder.write(item.row.file_name, await encodeImagePng(item.image));
    if (item.mask !== null) await folder.write(item.row.mask!, await encodeMaskPng(item.mask));
    rows.push(item.row);
  }
  options.onProgress?.({ stage: 'expand', done: total, total });
  return { rows: rows.sort((a, b) => compareText(a.id, b.id)), skipped };
}

/** The whole list at the root, and each split's part beside its images, which is where `datasets` looks for it. */
async function writeMetadata(folder: StagedFolder, rows: readonly DatasetRow[]): Promise<void> {
  await folder.write(metadataFile, rows.map(toLine).join(''));
  for (const split of splitNames) {
    const own = rows.filter((row) => row.split === split);
    if (own.length === 0) continue;
    const lines = own.map((row) => toLine({ ...row, file_name: row.file_name.slice(split.length + 1) }));
    await folder.write(`${split}/${metadataFile}`, lines.join(''));
  }
}

function countBy(rows: readonly DatasetRow[], key: (row: DatasetRow) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[key(row)] = (counts[key(row)] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareText(a, b)));
}

interface Written {
  readonly rows: readonly DatasetRow[];
  readonly skipped: readonly SkippedItem[];
  readonly collection: FaceCollection;
  readonly splitOf: ReadonlyMap<string, SplitName>;
  readonly digest: string;
}

function describeDataset(
  { rows, skipped, collection, splitOf, digest }: Written,
  options: ResolvedExpandOptions,
): DatasetInfo {
  const { modes, perFace, minEyeDistance, minQuality, minAge, identityThreshold, fractions } = options;
  const splitInfo = (split: SplitName) => ({
    rows: rows.filter((row) => row.split === split).length,
    identities: [...splitOf]
      .filter(([, own]) => own === split)
      .map(([identity]) => identity)
      .sort(compareText),
  });
  return {
    format: datasetFormat,
    version: 1,
    seed: String(options.seed),
    crop: { version: faceCropVersion, size: options.cropSize },
    labelGraph: options.labelGraph.definition,
    annotation: resolveAnnotation(options.annotation).name,
    recipe: {
      modes: modes.map(({ name }) => name),
      perFace,
      minEyeDistance,
      minQuality,
      minAge,
      identityThreshold,
      fractions,
    },
    counts: {
      photos: collection.photos,
      faces: collection.faces.length,
      identities: splitOf.size,
      rows: rows.length,
      real: rows.filter(({ label }) => label === 'real').length,
      fake: rows.filter(({ label }) => label === 'fake').length,
      modes: countBy(rows, ({ mode }) => mode),
    },
    splits: { train: splitInfo('train'), validation: splitInfo('validation'), test: splitInfo('test') },
    skipped,
    digest,
  };
}

function summarise(info: DatasetInfo, modes: ResolvedExpandOptions['modes']): ExpansionSummary {
  const { photos, faces, identities } = info.counts;
  const { train, validation, test } = info.splits;
  return {
    photos,
    faces,
    skipped: info.skipped,
    expanded: Object.fromEntries(modes.map(({ name }) => [name, info.counts.modes[name] ?? 0])),
    identities,
    splits: { train: train.rows, validation: validation.rows, test: test.rows },
    digest: info.digest,
  };
}

async function findFaces(options: ResolvedExpandOptions): Promise<FaceCollection> {
  const collection = await collectFaces(await listPhotos(options.input, { except: options.output }), options);
  if (collection.faces.length > 0) return collection;
  const reasons = collection.skipped.map(({ file, reason }) => `${file}: ${reason}`);
  throw new DatasetError(
    `expandFolder: expected usable faces under ${options.input}, got none; add photographs of adults` +
      reasons.map((reason) => `\n- ${reason}`).join(''),
    { problems: reasons },
  );
}

/**
 * Makes a data set out of a folder of photographs: finds every usable face, crops it, alters regions of it, labels every
 * image by the label graph, and writes images, masks and rows.
 *
 * The output is a Hugging Face `imagefolder`: `{train,validation,test}/*.png`, `masks/*.png`, `metadata.jsonl` (rows sorted
 * by id, also a part beside each split's images) and `dataset.json` (recipe, graph, counts, digest). People are found by
 * clustering face descriptors and never cross splits; donors come from the face's own split. The same photographs, recipe,
 * seed and engine give the same bytes. The folder appears when it is whole: an interrupted run leaves what was there.
 *
 * @param options see {@link ExpandOptions}
 * @returns counts, what was skipped and why, and the digest
 * @throws InvalidOptionError where an option is wrong
 * @throws DatasetError where there is nothing to read, too few people, or the output holds something else
 * @throws AbortedError where the signal was raised
 *
 * @example
 * ```ts
 * await useBackend(wasm());
 * const finder = await createFaceFinder();
 * const summary = await expandFolder({ input: 'photos', output: 'data', finder, seed: 7 });
 * summary.expanded; // { 'region-swap': 60, 'blend-only': 60 }
 * ```
 *
 * @see method.md section 8
 */
export async function expandFolder(options: ExpandOptions): Promise<ExpansionSummary> {
  const resolved = resolveExpandOptions(options);
  await assertReplaceable(resolved.output, resolved);
  const collection = await findFaces(resolved);
  const { identityOf } = clusterIdentities(collection.faces, { threshold: resolved.identityThreshold });
  const samples = collection.faces
    .map((face) => ({ ...face, identity: identityOf.get(face.id)! }))
    .sort((a, b) => compareText(a.id, b.id));
  const splitOf = splitByIdentity([...identityOf.values()], resolved);
  const folder = await stageFolder(resolved.output, [...splitNames, 'masks']);
  try {
    const { rows, skipped } = await writeImages(folder, { samples, splitOf }, resolved);
    await writeMetadata(folder, rows);
    const digest = computeDigest(folder.hashes);
    const info = describeDataset(
      { rows, skipped: [...collection.skipped, ...skipped], collection, splitOf, digest },
      resolved,
    );
    await folder.write(infoFile, `${JSON.stringify(info, null, 2)}\n`);
    throwIfAborted(resolved.signal, 'expandFolder');
    await folder.commit();
    return summarise(info, resolved.modes);
  } finally {
    await folder.discard();
  }
}
