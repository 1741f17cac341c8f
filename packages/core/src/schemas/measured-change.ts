import * as v from 'valibot';

/**
 * What two images of one face differ in, cut by one box: altered minus real where a quantity has a sign.
 *
 * `null` stands where the face finder does not see the face in one of the two: not seen is not the same as unchanged.
 */
export interface MeasuredChange {
  /** 1 - cosine of the two identity descriptors, 0..2. */
  readonly identity: number;
  /** Total variation of the two expressions, `sum |p - q| / 2`, 0..1. */
  readonly expression: number;
  /** Apparent age, years. */
  readonly age: number;
  /** Probability of the apparent gender female, -1..1. */
  readonly gender: number;
  /** Turn of the head, degrees. */
  readonly yaw: number | null;
  /** Nod of the head, degrees. */
  readonly pitch: number | null;
  /** Lean of the head, degrees. */
  readonly roll: number | null;
  /** How far the points of the lips moved against the rest of the face: root mean square, in distances of the eyes. */
  readonly lipShift: number | null;
  /** The same of the eyebrows. */
  readonly browShift: number | null;
  /** Difference of the pixels around both eyes: root mean square of the CIE 1976 colour difference, smoothed, 0 or more. */
  readonly eyeDifference: number;
  /** The same of the eyebrows. */
  readonly eyebrowDifference: number;
  /** The same of the lips without what an open mouth shows. */
  readonly lipDifference: number;
  /** The same of the lips and what is around and between them. */
  readonly mouthDifference: number;
  /** The same of the nose. */
  readonly noseDifference: number;
  /** The same of the face without eyes, eyebrows and mouth. */
  readonly skinDifference: number;
  /** The same outside of the face: what compression and noise alone make. */
  readonly backgroundDifference: number;
}

/** A field of {@link MeasuredChange}. */
export type MeasuredQuantity = keyof MeasuredChange;

const seen = v.nullable(v.pipe(v.number(), v.finite()));
const number = v.pipe(v.number(), v.finite());
const distance = v.pipe(number, v.minValue(0));
const shift = v.nullable(distance);

const entries = {
  identity: v.pipe(distance, v.maxValue(2)),
  expression: v.pipe(distance, v.maxValue(1)),
  age: number,
  gender: v.pipe(number, v.minValue(-1), v.maxValue(1)),
  yaw: seen,
  pitch: seen,
  roll: seen,
  lipShift: shift,
  browShift: shift,
  eyeDifference: distance,
  eyebrowDifference: distance,
  lipDifference: distance,
  mouthDifference: distance,
  noseDifference: distance,
  skinDifference: distance,
  backgroundDifference: distance,
} satisfies Record<MeasuredQuantity, unknown>;

/** All fields of {@link MeasuredChange}, in the order in which they are stored. */
export const measuredQuantities: readonly MeasuredQuantity[] = Object.keys(entries) as MeasuredQuantity[];

/** What measuring says of an image, beside its nominal label, which it never replaces. */
export interface MeasuredLabels {
  readonly change: MeasuredChange;
  /** Labels of the graph that the measurement supports: a quantity is beyond its threshold. In graph order. */
  readonly supported: readonly string[];
  /** Labels with evidence of which the measurement says nothing: a quantity is missing, or there were too few controls. */
  readonly undecided: readonly string[];
}

/** Checks the field `measured` of a row. */
export const measuredLabelsSchema: v.GenericSchema<unknown, MeasuredLabels> = v.strictObject({
  change: v.strictObject(entries),
  supported: v.array(v.string()),
  undecided: v.array(v.string()),
});
