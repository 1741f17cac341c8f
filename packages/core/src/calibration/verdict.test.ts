import { expect, it } from 'vitest';
import { decideVerdict, InvalidOptionError } from '../index.js';

it('counts the ends of the band as uncertain, and the threshold itself as fake', () => {
  const band = { fake: 0.75, uncertain: [0.25, 0.75] } as const;
  const verdicts = [0.2, 0.25, 0.5, 0.75, 0.8].map((p) => decideVerdict(p, band));
  expect(verdicts).toEqual(['real', 'uncertain', 'uncertain', 'uncertain', 'fake']);
  for (const none of [{ fake: 0.5 }, { fake: 0.5, uncertain: null }]) {
    expect([0.4999, 0.5].map((p) => decideVerdict(p, none))).toEqual(['real', 'fake']);
  }
});

it('refuses what is no probability', () => {
  for (const value of [Number.NaN, -0.1, 1.1])
    expect(() => decideVerdict(value, { fake: 0.5 })).toThrow(InvalidOptionError);
});
