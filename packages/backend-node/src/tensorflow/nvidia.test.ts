import { expect, test } from 'vitest';
import { describeGpu, parseGpus } from './nvidia.js';

test('reads the cards that the driver lists', () => {
  const gpus = parseGpus('NVIDIA H200, 143771, 550.90.07\nNVIDIA T4, [N/A], 550.90.07\n');
  expect(gpus.map(describeGpu)).toEqual(['NVIDIA H200, 140 GiB', 'NVIDIA T4']);
  expect(parseGpus('')).toEqual([]);
  expect(parseGpus('No devices were found\n')).toEqual([]);
});
