import { InvalidOptionError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { chooseThreads } from './choose-threads.js';

/** As Linux lists processors, each as socket and core. */
const cpuInfo = (...processors: readonly (readonly [number, number])[]) =>
  processors
    .map(([socket, core], i) => `processor\t: ${i}\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`)
    .join('\n');

const machine = { requested: undefined, logicalCores: 8, architecture: 'x64', cpuInfo: undefined };

describe('chooseThreads', () => {
  test('takes what the environment says', () => {
    expect(chooseThreads({ ...machine, requested: '12' })).toBe(12);
  });

  test.each(['', '0', '-1', '1.5', '2x', ' 2', '10000'])('refuses SOFD_THREADS=%j', (requested) => {
    expect(() => chooseThreads({ ...machine, requested })).toThrow(InvalidOptionError);
    expect(() => chooseThreads({ ...machine, requested })).toThrow(`got '${requested}'`);
  });

  test.each([
    ['cores with two hyper-threads', cpuInfo([0, 0], [0, 1], [0, 0], [0, 1]), 4, 2],
    ['two sockets', cpuInfo([0, 0], [0, 1], [1, 0], [1, 1]), 4, 4],
    ['fewer cores than the machine has', cpuInfo([0, 0], [0, 1], [0, 2], [0, 3]), 2, 2],
    ['a list that names no cores', 'processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\n', 2, 2],
  ])('counts %s', (_, text, logicalCores, expected) => {
    expect(chooseThreads({ ...machine, cpuInfo: text, logicalCores })).toBe(expected);
  });

  test('without a list, takes half on x64, at least 1, and all elsewhere', () => {
    expect(chooseThreads(machine)).toBe(4);
    expect(chooseThreads({ ...machine, logicalCores: 1 })).toBe(1);
    expect(chooseThreads({ ...machine, architecture: 'arm64' })).toBe(8);
  });
});
