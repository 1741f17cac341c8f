import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeMarginals, faceForensics } from '../label-graph/index.js';
import { computeCalibratedMarginals } from './calibrated-marginals.js';

const width = faceForensics.labels.length;
const rows = fc
  .array(fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((values) => Float64Array.from(values.flat()));

describe('computeCalibratedMarginals', () => {
  it('is computeMarginals for the identity and for scale 1, bias 0', () => {
    fc.assert(
      fc.property(rows, (logits) => {
        const plain = computeMarginals(faceForensics, logits);
        expect(computeCalibratedMarginals(faceForensics, logits, { kind: 'identity' })).toEqual(plain);
        const same = computeCalibratedMarginals(faceForensics, logits, { kind: 'platt', scale: 1, bias: 0 });
        // A logarithm and an exponential of numbers up to 700 lose about 700 float64 epsilons.
        same.forEach((value, index) => {
          expect(Math.abs(value - plain[index]!)).toBeLessThan(2e-13);
        });
      }),
    );
  });

  it('keeps every label at most as probable as fake', () => {
    fc.assert(
      fc.property(
        rows,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (logits, scale, bias) => {
          const marginals = computeCalibratedMarginals(faceForensics, logits, { kind: 'platt', scale, bias });
          marginals.forEach((value, index) => {
            // One rounding of the quotient and one of the product.
            expect(value).toBeLessThanOrEqual(marginals[index - (index % width)]! * (1 + 5e-16));
            expect(value).toBeGreaterThanOrEqual(0);
          });
        },
      ),
    );
  });

  it('moves p(fake) along the logit', () => {
    const neutral = new Float64Array(width);
    const bias = -Math.log(250);
    const [fake] = computeCalibratedMarginals(faceForensics, neutral, { kind: 'platt', scale: 1, bias });
    expect(fake).toBeCloseTo(0.5, 12);
  });

  it('stays finite where float64 saturates', () => {
    const extreme = Float64Array.from({ length: width }, () => 1e4);
    const marginals = computeCalibratedMarginals(faceForensics, extreme, { kind: 'platt', scale: 0.01, bias: -3 });
    expect([...marginals].every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
