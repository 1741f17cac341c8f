import type { DatasetRow, Random } from '@sofd/core';
import { append } from '../append.js';

/** One place of an epoch. */
export interface PlannedRow {
  readonly row: DatasetRow;
  /** Rows of one group share what is drawn for augmentation, so that it cannot tell a fake from its original. */
  readonly group: string;
}

/** Rows by what they are good for in training. */
interface Pools {
  /** Fakes by the id of the face that was altered. */
  readonly fakes: ReadonlyMap<string, readonly DatasetRow[]>;
  /** Controls (real, but edited) by the same id. */
  readonly controls: ReadonlyMap<string, readonly DatasetRow[]>;
  readonly originals: ReadonlyMap<string, DatasetRow>;
  readonly reals: readonly DatasetRow[];
}

function sortIntoPools(rows: readonly DatasetRow[]): Pools {
  const fakes = new Map<string, DatasetRow[]>();
  const controls = new Map<string, DatasetRow[]>();
  for (const row of rows) {
    const face = row.parents[0];
    if (row.label === 'fake') append(fakes, face ?? row.id, row);
    else if (face !== undefined) append(controls, face, row);
  }
  const reals = rows.filter(({ label }) => label === 'real');
  const originals = new Map(reals.filter(({ parents }) => parents.length === 0).map((row) => [row.id, row]));
  return { fakes, controls, originals, reals };
}

/**
 * Orders one epoch: every fake once, a real after each. A fake is followed by the original it was made from; the second fake
 * of a face is followed by a control of that face where there is one. Cut at even places, any batch is half real, half fake.
 *
 * @param rows rows of one split, at least one fake and one real
 * @param random stream of this epoch
 */
export function planEpoch(rows: readonly DatasetRow[], random: Random): PlannedRow[] {
  const { fakes, controls, originals, reals } = sortIntoPools(rows);
  const groups: PlannedRow[][] = [];
  for (const [face, own] of fakes) {
    const stream = random.split(face);
    const shuffled = stream.shuffle(own);
    const spare = stream.shuffle(controls.get(face) ?? []);
    for (let i = 0; i < shuffled.length; i += 2) {
      const group = `${face}/${i}`;
      const original = originals.get(face) ?? stream.pick(reals);
      const pair = [shuffled[i]!, original];
      const second = shuffled[i + 1];
      if (second !== undefined) pair.push(second, spare[(i / 2) % Math.max(1, spare.length)] ?? original);
      groups.push(pair.map((row) => ({ row, group })));
    }
  }
  return random.split('order').shuffle(groups).flat();
}
