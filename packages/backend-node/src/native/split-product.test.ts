import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitExtent, splitProduct } from './split-product.js';

const extents = fc.record({ rows: fc.nat(900), inner: fc.integer({ min: 300, max: 900 }), columns: fc.nat(900) });

describe('splitExtent', () => {
  test('covers an extent once, in whole blocks but for the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 64 }), (extent, count) => {
        const ranges = splitExtent(extent, count);
        expect(ranges.length).toBeLessThanOrEqual(count);
        let end = 0;
        for (const { start, length } of ranges) {
          expect(start).toBe(end);
          expect(length).toBeGreaterThan(0);
          expect(start % 48).toBe(0);
          end = start + length;
        }
        expect(end).toBe(extent);
      }),
    );
  });
});

describe('splitProduct', () => {
  test('gives every element of the result to one thread', () => {
    fc.assert(
      fc.property(extents, fc.integer({ min: 1, max: 5 }), ({ rows, inner, columns }, threads) => {
        const plain = { a: 0, b: 0, transposeA: false, transposeB: false };
        const shares = splitProduct(
          { ...plain, rows, inner, columns, strideA: inner, strideB: columns, c: 0, strideC: columns },
          threads,
        );
        expect(shares.length).toBeLessThanOrEqual(threads);
        const seen = new Uint8Array(rows * columns);
        for (const [shareRows = 0, , shareColumns = 0, ...rest] of shares) {
          const c = rest[6]! / 4;
          for (let row = 0; row < shareRows; row += 1) {
            for (let column = 0; column < shareColumns; column += 1) seen[c + row * columns + column]! += 1;
          }
        }
        expect(seen.every((count) => count === 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('leaves small products to one thread', () => {
    const call = { rows: 16, inner: 192, columns: 2, strideA: 192, strideB: 2, strideC: 2, a: 0, b: 0, c: 0 };
    expect(splitProduct({ ...call, transposeA: false, transposeB: false }, 8)).toHaveLength(1);
  });
});
