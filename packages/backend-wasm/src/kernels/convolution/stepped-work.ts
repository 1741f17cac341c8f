import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floatBytes } from '../kernel-context.js';
import { countShares, perNumber, type Range, splitExtent } from '../split.js';
import type { MapContext } from './map-context.js';
import { completeWork, type MapWork } from './map-work.js';
import { type Step, stepBytes, writeSteps } from './steps.js';

/** A computation, and what is done with each number of its result. */
export function createSteppedWork(work: MapWork, steps: readonly Step[], context: MapContext): MapWork {
  if (steps.length === 0) return work;
  const { kernels, table, viewHeap } = context;
  const [, , width, channels] = work.shape;
  const writeRows = (rows: Range, to: number) => {
    work.writeRows(rows, to);
    const address = table.reserve(steps.length * stepBytes);
    const positions = (rows[1] - rows[0]) * width;
    const skip = rows[0] * width * channels * floatBytes;
    const operandOf = (x: TensorInfo, extent: Step['extent']) => kernels.addressOf(x) + (extent === 'whole' ? skip : 0);
    writeSteps(steps, { view: viewHeap(), address }, operandOf);
    const { pool } = kernels;
    const ranges = splitExtent(positions, countShares(positions * channels * perNumber * steps.length, pool.size));
    pool.run(
      'takeSteps',
      ranges.map(([start, end]) => [start, end, channels, to, steps.length, address]),
    );
  };
  const operands = steps.flatMap(({ operand }) => (typeof operand === 'number' ? [] : [operand]));
  const { shape, hasProduct, floatsPerPosition } = work;
  return completeWork(
    { shape, reads: [...work.reads, ...operands], hasProduct, floatsPerPosition, writeRows },
    context,
  );
}
