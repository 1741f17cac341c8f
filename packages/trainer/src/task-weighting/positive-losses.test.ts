import { describe, expect, it } from 'vitest';
import { fidelityLossValue } from '../loss/fidelity-values.js';
import { toPositiveLosses } from './positive-losses.js';

describe('losses measured from their minimum', () => {
  it('have the minimum of the fidelity loss, which no marginal and target go below', () => {
    for (const perfect of [0, 1])
      expect(toPositiveLosses([fidelityLossValue([perfect], [perfect])])[0]).toBeCloseTo(1e-6, 12);
    for (let p = 0; p <= 1; p += 1 / 64)
      for (let g = 0; g <= 1; g += 1 / 64)
        expect(toPositiveLosses([fidelityLossValue([p], [g])])[0]).toBeGreaterThanOrEqual(1e-6);
  });

  it('may have another', () => {
    expect(toPositiveLosses([0.5, -1, 2], 0)).toEqual([0.5 + 1e-6, 1e-6, 2 + 1e-6]);
  });
});
