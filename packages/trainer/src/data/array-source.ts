import { type Batch, type BatchSource, createRandom, InvalidOptionError, type Random } from '@sofd/core';

/** Options of {@link createArraySource}. */
export interface ArraySourceOptions {
  readonly batchSize: number;
  readonly seed: number | string;
  /** Shows as many rows with the primary label as without, repeating the rarer kind. */
  readonly balanced?: boolean;
}

/** Indices 0 to count - 1 in another order every round, without end. */
function* shuffled(indices: readonly number[], random: Random): Generator<number> {
  for (let round = 0; ; round++) yield* random.split(round).shuffle(indices);
}

const take = (source: Iterator<number>): number => source.next().value as number;

/** The rows of a whole epoch in order. */
function orderEpoch(set: Batch, { balanced = false }: ArraySourceOptions, random: Random): readonly number[] {
  const all = Array.from({ length: set.size }, (_, row) => row);
  const labels = set.targets.length / set.size;
  const [fake, real] = [1, 0].map((value) => all.filter((row) => set.targets[row * labels] === value)) as [
    number[],
    number[],
  ];
  if (!balanced || fake.length === 0 || real.length === 0) return random.shuffle(all);
  const [fakes, reals] = [shuffled(fake, random.split('fake')), shuffled(real, random.split('real'))];
  const pairs = Math.max(fake.length, real.length);
  return Array.from({ length: 2 * pairs }, (_, position) => take(position % 2 === 0 ? fakes : reals));
}

function selectRows(set: Batch, rows: readonly number[]): Batch {
  const [width, labels] = [set.images.length / set.size, set.targets.length / set.size];
  const images = new Float32Array(rows.length * width);
  const targets = new Float32Array(rows.length * labels);
  for (const [position, row] of rows.entries()) {
    images.set(set.images.subarray(row * width, (row + 1) * width), position * width);
    targets.set(set.targets.subarray(row * labels, (row + 1) * labels), position * labels);
  }
  return { images, targets, size: rows.length, imageSize: set.imageSize, ids: rows.map((row) => set.ids[row]!) };
}

/**
 * Batches out of rows that lie in memory, in another order every epoch.
 *
 * An epoch's last rows that do not fill a batch are left out of that epoch; a set smaller than a batch is one batch.
 *
 * @param set - all rows, images or features
 * @param options - batch size, seed, balance
 * @returns a source that is a pure function of seed, epoch and index
 * @throws InvalidOptionError for an empty set and for a batch size below one
 * @example
 * ```ts
 * const training = createArraySource(await computeFeatureSet(config, params, rows), { batchSize: 32, seed: 1 });
 * ```
 */
export function createArraySource(set: Batch, options: ArraySourceOptions): BatchSource {
  const { batchSize, seed } = options;
  if (set.size === 0 || !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new InvalidOptionError(
      `createArraySource: expected rows and a positive whole batchSize, got ${set.size} rows and batchSize ${batchSize}; add data or correct the option.`,
    );
  }
  const random = createRandom(seed).split('batches');
  const rowsPerEpoch = orderEpoch(set, options, random.split(0)).length;
  let latest: { epoch: number; order: readonly number[] } | undefined;
  return {
    batchesPerEpoch: Math.max(1, Math.floor(rowsPerEpoch / batchSize)),
    async batch(epoch, index) {
      if (latest?.epoch !== epoch) latest = { epoch, order: orderEpoch(set, options, random.split(epoch)) };
      return selectRows(set, latest.order.slice(index * batchSize, (index + 1) * batchSize));
    },
  };
}
