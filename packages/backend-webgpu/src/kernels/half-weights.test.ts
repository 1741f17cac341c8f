import { webgpu } from '@sofd/backend-webgpu';
import { createRandom } from '@sofd/core';
import {
  add,
  countTensors,
  freezeParameters,
  linear,
  matMul,
  readTensor,
  type Tensor,
  tensorFrom,
  useBackend,
} from '@sofd/tensor';
import { engine, env } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from '../tfjs-backend.js';

const availability = await webgpu().probe();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const backend = () => engine().backend as unknown as WebgpuBackend;
const usedBytes = () => {
  backend().endComputePassEncoder();
  backend().ensureCommandEncoderReady();
  backend().submitQueue();
  return backend().bufferManager.numBytesUsed;
};

const random = createRandom('halves');
const draw = (size: number, bound = 1) =>
  Float32Array.from({ length: size }, () => random.uniformBetween(-bound, bound));

/** The nearest half, ties to even: of a normal half 11 bits are kept, below 2^-14 whole multiples of 2^-24. */
function toHalf(value: number): number {
  const magnitude = Math.min(Math.abs(value), 65504);
  const unit = 2 ** Math.max(-24, Math.floor(Math.log2(magnitude || 1)) - 10);
  const count = magnitude / unit;
  const floor = Math.floor(count);
  const rest = count - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  return Math.sign(value) * rounded * unit;
}

/** [inner, columns]: with an odd number of weights, whose last half shares its word with nothing. */
const [rows, inner, columns] = [5, 67, 33];

describe.skipIf(!availability.available)(`weights kept as halves${reason}`, () => {
  beforeAll(async () => {
    await useBackend(webgpu({ weights: 'float16' }));
    env().set('WEBGPU_CPU_FORWARD', false);
  });

  const freeze = (values: Float32Array, shape: readonly number[]) => {
    const weight = tensorFrom(values, shape);
    freezeParameters({ weight });
    return weight;
  };

  test.each([
    ['x W + b', (x: Tensor, w: Tensor, b: Tensor) => linear(x, w, b), false],
    ["x W'", (x: Tensor, w: Tensor) => matMul(x, w, false, true), true],
  ] as const)('multiply right to the rounding of the weights: %s', async (_, product, turned) => {
    const [x, w, b] = [draw(rows * inner), draw(inner * columns), draw(columns)];
    const weight = freeze(w, turned ? [columns, inner] : [inner, columns]);
    const bias = tensorFrom(turned ? new Float32Array(columns) : b, [columns]);
    const y = await readTensor(product(tensorFrom(x, [rows, inner]), weight, bias));
    y.forEach((value, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      let [expected, magnitude] = [turned ? 0 : b[column]!, 0];
      for (let k = 0; k < inner; k += 1) {
        const term = x[row * inner + k]! * w[turned ? column * inner + k : k * columns + column]!;
        expected += term;
        magnitude += Math.abs(term);
      }
      // A weight is off by 2^-11 of itself, or where GPUs take a subnormal half for zero by 2^-14; an addition by half a unit of a sum
      // below `inner`.
      expect(Math.abs(value - expected)).toBeLessThan(
        magnitude * 2 ** -11 + inner * 2 ** -14 + inner * inner * 2 ** -24,
      );
    });
  });

  test('are rounded to the nearest half, ties to even, and saturate', async () => {
    const special = [
      0,
      1,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      1 + 2 ** -10,
      2047.5,
      65504,
      65519,
      1e6,
      -1e9,
      0.1,
      2 ** -14,
      2 ** -24,
      3 * 2 ** -25,
      2 ** -25,
    ];
    const values = Float32Array.from([
      ...special,
      ...special.map((value) => -value),
      ...draw(1100, 3),
      ...draw(1000, 1e-3),
    ]);
    const weight = freeze(values, [values.length, 1]);
    matMul(tensorFrom(new Float32Array(values.length), [1, values.length]), weight);
    const got = await readTensor(weight);
    values.forEach((value, i) => {
      const expected = toHalf(value);
      const mayVanish = Math.abs(expected) < 2 ** -14;
      expect(got[i] === expected || (mayVanish && got[i] === 0), `${value}: ${expected}, got ${got[i]}`).toBe(true);
    });
  });

  test('take half the memory, and none once they are disposed of', async () => {
    const x = tensorFrom(draw(256), [1, 256]);
    matMul(x, tensorFrom(draw(256), [256, 1])).dispose();
    const start = usedBytes();
    const weight = freeze(draw(256 * 256), [256, 256]);
    const count = countTensors();
    matMul(x, weight).dispose();
    expect(usedBytes() - start).toBe(256 * 256 * 2);
    expect(countTensors()).toBe(count);
    weight.dispose();
    expect(usedBytes()).toBe(start);
  });

  test('serve every other operation, rounded', async () => {
    const values = draw(2000);
    const weight = freeze(values, [1000, 2]);
    const x = tensorFrom(new Float32Array(1000), [1, 1000]);
    matMul(x, weight);
    const doubled = await readTensor(add(weight, weight));
    expect([...doubled]).toEqual([...values].map((value) => 2 * toHalf(value)));
    // And the products go on with the halves.
    expect([...(await readTensor(matMul(x, weight)))]).toEqual([0, 0]);
  });

  test('are not made of weights that are small or not frozen', async () => {
    const third = Math.fround(1 / 3);
    const small = freeze(new Float32Array(100).fill(third), [100, 1]);
    const free = tensorFrom(new Float32Array(2000).fill(third), [2000, 1]);
    for (const weight of [small, free]) {
      const [size = 0] = weight.shape;
      matMul(tensorFrom(new Float32Array(size), [1, size]), weight);
      expect((await readTensor(weight))[0]).toBe(third);
    }
  });
});
