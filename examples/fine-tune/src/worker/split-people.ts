import { DatasetError } from '@sofd/core';
import { splitByIdentity } from '@sofd/dataset';
import type { LabelledFace } from './find-faces.js';

/** A third of the people is held out: their faces choose the task weights and are scored, and no weight learns from them. */
const fractions = { train: 2, validation: 1, test: 0 };

const countPeople = (faces: readonly LabelledFace[]): number => new Set(faces.map(({ identity }) => identity)).size;

interface SplitNeeds {
  readonly seed: number;
  readonly makeAltered: boolean;
  /** Why other faces are not here, for the error. */
  readonly leftOut: readonly string[];
}

/** Whether a part will have both kinds of faces. An altered face is made with a part of another person's. */
function hasBothKinds(faces: readonly LabelledFace[], makeAltered: boolean): boolean {
  const real = faces.filter(({ kind }) => kind === 'real');
  return real.length > 0 && (real.length < faces.length || (makeAltered && countPeople(real) > 1));
}

/**
 * Parts the faces by person, so that both parts have real and altered ones.
 *
 * @returns whether a face is held out
 * @throws DatasetError where the photographs do not suffice for that
 */
export function splitPeople(
  faces: readonly LabelledFace[],
  { seed, makeAltered, leftOut }: SplitNeeds,
): (face: LabelledFace) => boolean {
  const people = faces.map(({ identity }) => identity);
  // With few people a draw may leave a part without one of the kinds: some more draws, then it cannot be done.
  for (let draw = 0; countPeople(faces) > 1 && draw < 50; draw++) {
    const splits = splitByIdentity(people, { seed: `${seed}/${draw}`, fractions });
    const isHeldOut = ({ identity }: LabelledFace) => splits.get(identity) === 'validation';
    const parts = [true, false].map((part) => faces.filter((face) => isHeldOut(face) === part));
    if (parts.every((part) => hasBothKinds(part, makeAltered))) return isHeldOut;
  }
  const altered = faces.filter(({ kind }) => kind !== 'real').length;
  const got = `${faces.length - altered} real and ${altered} altered of ${countPeople(faces)} people`;
  const remedy = makeAltered ? '' : ', or let the page make altered ones';
  const problems = leftOut.map((reason) => `\n- ${reason}`).join('');
  throw new DatasetError(
    `fineTune: expected real and altered faces of at least two people each, so that some can be held out, got ${got}; add photographs of the kind that is missing${remedy}.${problems}`,
    { problems: leftOut },
  );
}
