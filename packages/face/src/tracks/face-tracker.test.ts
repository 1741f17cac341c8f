import { InvalidOptionError } from '@sofd/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeBoxOverlap, createFaceTracker, type TrackableFace } from './face-tracker.js';

const at = (x: number, y = 0, descriptor?: readonly number[]): TrackableFace => ({
  box: { x, y, width: 100, height: 100 },
  ...(descriptor ? { descriptor: Float32Array.from(descriptor) } : {}),
});
const ann = [1, 0, 0.1];
const bob = [0, 1, 0.1];

describe('computeBoxOverlap', () => {
  it('is shared area over joint area', () => {
    expect(computeBoxOverlap(at(0).box, at(50).box)).toBeCloseTo(1 / 3, 12);
    expect(computeBoxOverlap(at(0).box, at(0).box)).toBe(1);
    expect(computeBoxOverlap(at(0).box, at(100).box)).toBe(0);
  });
});

describe('FaceTracker.update', () => {
  it('keeps the numbers of faces that move, in whatever order they come', () => {
    const tracker = createFaceTracker();
    expect(tracker.update([at(0), at(300)], 0)).toEqual([0, 1]);
    expect(tracker.update([at(310), at(20)], 1)).toEqual([1, 0]);
    expect(tracker.update([at(320), at(40)], 2)).toEqual([1, 0]);
  });

  it('tells crossing people apart by their descriptors, and takes the nearest place without', () => {
    const way = [0, 40, 80, 120, 160, 200];
    const described = createFaceTracker();
    for (const [frame, x] of way.entries()) {
      expect(described.update([at(x, 0, ann), at(200 - x, 0, bob)], frame)).toEqual([0, 1]);
    }
    const undescribed = createFaceTracker();
    const numbers = way.map((x, frame) => undescribed.update([at(x), at(200 - x)], frame));
    // From 80 and 120 on, the place nearest to each track is the other's: places alone cannot tell.
    expect(numbers.at(-1)).toEqual([1, 0]);
  });

  it('gives a face that vanished its number back, anywhere by its descriptor', () => {
    const tracker = createFaceTracker();
    tracker.update([at(0, 0, ann), at(300, 0, bob)], 0);
    expect(tracker.update([at(300, 0, bob)], 1)).toEqual([1]);
    expect(tracker.update([], 2)).toEqual([]);
    expect(tracker.update([at(600, 0, ann), at(300, 0, bob)], 30)).toEqual([0, 1]);
  });

  it('bridges a gap by place where nothing is described, up to the largest gap', () => {
    const frames = (maxGap: number) => {
      const tracker = createFaceTracker({ maxGap });
      tracker.update([at(0)], 0);
      return tracker.update([at(5)], 5);
    };
    expect(frames(5)).toEqual([0]);
    expect(frames(4)).toEqual([1]);
  });

  it('gives a face that enters a new number, also in the place of another person', () => {
    const tracker = createFaceTracker();
    tracker.update([at(0, 0, ann)], 0);
    expect(tracker.update([at(0, 0, bob), at(400)], 1)).toEqual([1, 2]);
    expect(tracker.update([at(400), at(0, 0, ann)], 2)).toEqual([2, 0]);
  });

  it('assigns every face one track, no track two faces, and the same again', () => {
    const frame = fc.array(fc.record({ x: fc.integer({ max: 400, min: 0 }), who: fc.integer({ min: 0, max: 3 }) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (frames) => {
        const run = () => {
          const tracker = createFaceTracker();
          return frames.map((faces, index) =>
            tracker.update(
              faces.map(({ x, who }) => at(x, 0, who < 2 ? [ann, bob][who] : undefined)),
              index,
            ),
          );
        };
        const numbers = run();
        for (const [index, tracks] of numbers.entries()) {
          expect(tracks.length).toBe(frames[index]!.length);
          expect(new Set(tracks).size).toBe(tracks.length);
        }
        expect(run()).toEqual(numbers);
      }),
    );
  });

  it('refuses frames out of order and unknown options', () => {
    const tracker = createFaceTracker();
    tracker.update([], 3);
    expect(() => tracker.update([], 3)).toThrowError(InvalidOptionError);
    expect(() => createFaceTracker({ gap: 1 } as never)).toThrowError(InvalidOptionError);
  });
});
