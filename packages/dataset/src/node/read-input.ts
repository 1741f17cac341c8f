import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, throwIfAborted } from '@sofd/core';
import type { SourceItem, SourceListing } from '../sources/source.js';
import { hashBytes } from './compute-digest.js';
import type { ResolvedExpandOptions } from './expand-options.js';
import { hashJson } from './expand-recipe.js';
import type { SkippedItem } from './jobs/found-face.js';
import { listSource } from './list-source.js';

/** An item and the digest of its files. */
export interface InputItem extends SourceItem {
  readonly hash: string;
}

/** What an expansion works on. */
export interface ExpandInput {
  readonly listing: Omit<SourceListing, 'items'>;
  /** Sorted by id; no two of the same bytes. */
  readonly items: readonly InputItem[];
  readonly skipped: readonly SkippedItem[];
  /** SHA-256 of all that the source says and of every file's bytes. */
  readonly digest: string;
}

/** Files that are read at the same time: enough to keep a disk busy. */
const parallelReads = 4;

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

async function hashItem({ files }: SourceItem, input: string): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) hashes.push(await hashFile(join(input, file)));
  return hashes.length === 1 ? hashes[0]! : hashBytes(hashes.join('\n'));
}

async function hashItems(
  items: readonly SourceItem[],
  { input, onProgress, signal }: ResolvedExpandOptions,
): Promise<InputItem[]> {
  const hashed: InputItem[] = [];
  let [next, done] = [0, 0];
  const report = (note?: string) =>
    onProgress?.({ stage: 'read files', done, total: items.length, ...(note === undefined ? {} : { note }) });
  const read = async () => {
    while (next < items.length) {
      throwIfAborted(signal, 'expandFolder');
      const index = next++;
      const item = items[index]!;
      try {
        hashed[index] = { ...item, hash: await hashItem(item, input) };
      } catch (cause) {
        throw new DatasetError(
          `expandFolder: expected readable files of ${item.id} in ${input}, got an error; check their permissions`,
          { cause },
        );
      }
      done++;
      report(item.id);
    }
  };
  await Promise.all(Array.from({ length: parallelReads }, read));
  return hashed;
}

/** Leaves out items whose bytes another one has; fakes of such an item become fakes of that other one. */
function dropTwins(items: readonly InputItem[]): Pick<ExpandInput, 'items' | 'skipped'> {
  const first = new Map<string, string>();
  const twinOf = new Map<string, string>();
  const skipped: SkippedItem[] = [];
  for (const { id, hash } of items) {
    const twin = first.get(hash);
    if (twin === undefined) {
      first.set(hash, id);
      continue;
    }
    twinOf.set(id, twin);
    skipped.push({ file: id, cause: 'duplicate', reason: `the same file as ${twin}` });
  }
  const kept = items.filter(({ id }) => !twinOf.has(id));
  const redirect = (real: string | null) => (real === null ? null : (twinOf.get(real) ?? real));
  return { items: kept.map((item) => ({ ...item, real: redirect(item.real) })), skipped };
}

/**
 * Lists the input and reads every file once, for its digest.
 *
 * @throws DatasetError where there is nothing to read
 */
export async function readInput(options: ResolvedExpandOptions): Promise<ExpandInput> {
  const { source, title, showable, problems, items } = await listSource(options.input, {
    source: options.source,
    except: options.output,
  });
  const hashed = await hashItems(items, options);
  return {
    listing: { source, title, showable, problems },
    ...dropTwins(hashed),
    digest: hashJson({ source, showable, items: hashed }),
  };
}
