import { wasm } from '@sofd/backend-wasm';
import { computeMarginals, faceForensics, ffsc } from '@sofd/core';
import { computeMarginalPairOnDevice } from '@sofd/model';
import { readTensor, reshape, slice, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { valueAndGradients } from '@sofd/tensor/training';
import { compareNumbers, describeOracle, type OracleGroup } from '@sofd-internal/oracle';
import { beforeAll, describe, expect, it } from 'vitest';
import { computeTaskLosses } from './fidelity-loss.js';
import {
  computeLogitGradients,
  computeMarginalGradients,
  computeTaskLossValues,
  fidelityLossValue,
} from './fidelity-values.js';

interface Losses {
  readonly loss_binary: number;
  readonly total: number;
  readonly [name: string]: number;
}
type LossFile = { readonly [name: string]: { readonly losses?: readonly number[]; readonly nomask?: Losses } & Losses };

const tasks = [0, 1, 2];
const labels = faceForensics.labels.length;
const inOrder = (losses: Losses) =>
  ['loss_binary', 'loss_global', 'loss_local'].map(
    (prefix) => Object.entries(losses).find(([name]) => name.startsWith(prefix))![1],
  );
/** The name ends of the logit sets that a folder has: s1, s80. */
const scalesOf = (group: OracleGroup) => group.arrayNames(/^logits_/).map((name) => name.slice('logits_'.length));
const floats = (group: OracleGroup, name: string) => group.array(name).data as Float32Array;
/** The whole gradient [tasks, batch, labels] as one list. */
const join = (gradients: readonly ArrayLike<number>[]) => gradients.flatMap((gradient) => Array.from(gradient));

describeOracle('fidelity', (group) => {
  const file = group.json<LossFile>('losses.json');
  const scales = scalesOf(group);

  describe('in float64, without tensors', () => {
    // The loss file states 1e-12 for float64 scalars and 1e-6 for float32 ones, in the group's README.
    const tolerance = { absolute: 1e-12, relative: 0 };

    it('gives the losses of given marginals', () => {
      const losses = computeTaskLossValues(faceForensics, floats(group, 'p'), floats(group, 'y'));
      expect(compareNumbers(losses, inOrder(file.given_p_f64!.nomask!), tolerance)).toMatchObject({ outside: 0 });
      const other = computeTaskLossValues(ffsc, floats(group, 'p12'), floats(group, 'y12'));
      expect(compareNumbers(other, inOrder(file.ffsc12_f64!), tolerance)).toMatchObject({ outside: 0 });
    });

    it('gives the losses of single rows', () => {
      const [p, y] = [floats(group, 'p'), floats(group, 'y')];
      const rows = Array.from({ length: p.length / labels }, (_, row) => [row * labels, (row + 1) * labels] as const);
      const losses = join(
        rows.map((range) => computeTaskLossValues(faceForensics, p.subarray(...range), y.subarray(...range))),
      );
      const expected = group.array('row_losses_f64');
      expect(compareNumbers(losses, expected.data, group.tolerance('row_losses_f64'))).toMatchObject({ outside: 0 });
      const [first] = rows;
      expect(fidelityLossValue(p.subarray(first![0], 1), y.subarray(first![0], 1))).toBeCloseTo(expected.data[0]!, 12);
    });

    it.each(tasks)('gives the gradient of loss %i with respect to the marginals', (task) => {
      const name = `dloss${task + 1}_dp_f64`;
      const gradients = computeMarginalGradients(faceForensics, floats(group, 'p'), floats(group, 'y'));
      expect(compareNumbers(gradients[task]!, group.array(name).data, group.tolerance(name))).toMatchObject({
        outside: 0,
      });
    });

    it.each(scales)('gives losses and gradients with respect to the logits %s', (scale) => {
      const [logits, targets] = [floats(group, `logits_${scale}`), floats(group, `targets_${scale}`)];
      const losses = computeTaskLossValues(faceForensics, computeMarginals(faceForensics, logits), targets);
      expect(compareNumbers(losses, file[`logits_${scale}_f64`]!.losses!, tolerance)).toMatchObject({ outside: 0 });
      const name = `dlosses_dlogits_${scale}_f64`;
      const gradients = join(computeLogitGradients(faceForensics, logits, targets));
      expect(compareNumbers(gradients, group.array(name).data, group.tolerance(name))).toMatchObject({ outside: 0 });
    });
  });

  describe('on the device, in float32', () => {
    beforeAll(async () => {
      await useBackend(wasm());
    });

    /** The three losses of marginals that are computed from `x`, and their gradients with respect to `x`. */
    async function differentiate(x: Float32Array, targets: Float32Array, fromLogits: boolean) {
      const shape = [x.length / labels, labels];
      const input = tensorFrom(x, shape);
      const goal = tensorFrom(targets, shape);
      const results = tasks.map((task) =>
        valueAndGradients(
          (params) => {
            const marginals = fromLogits ? computeMarginalPairOnDevice(faceForensics, params.x) : params.x;
            return tidy(() => reshape(slice(computeTaskLosses(faceForensics, marginals, goal), [task], [1]), []));
          },
          { x: input },
        ),
      );
      const losses = await Promise.all(results.map(async ({ value }) => (await readTensor(value))[0]!));
      const gradients = await Promise.all(results.map(({ gradients }) => readTensor(gradients.x)));
      return { losses, gradients };
    }

    it('gives the losses of given marginals and their gradients', async () => {
      const p = floats(group, 'p');
      const { losses, gradients } = await differentiate(p, floats(group, 'y'), false);
      const expected = inOrder(file.given_p_f32!.nomask!);
      expect(compareNumbers(losses, expected, { absolute: 1e-6, relative: 0 })).toMatchObject({ outside: 0 });
      for (const task of tasks) {
        const name = `dloss${task + 1}_dp_f32`;
        const wanted = floats(group, name);
        // The manifest's words: rel 1e-4, except p in {0, 1}: rel 1e-2.
        const isEdge = (_: unknown, i: number) => p[i] === 0 || p[i] === 1;
        const inner = (list: Float32Array) => list.filter((value, i) => !isEdge(value, i));
        const edge = (list: Float32Array) => list.filter(isEdge);
        const got = gradients[task]!;
        expect(compareNumbers(inner(got), inner(wanted), { absolute: 0, relative: 1e-4 })).toMatchObject({
          outside: 0,
        });
        expect(compareNumbers(edge(got), edge(wanted), { absolute: 0, relative: 1e-2 })).toMatchObject({ outside: 0 });
      }
    });

    it.each(scales)('gives losses and gradients with respect to the logits %s', async (scale) => {
      const logits = floats(group, `logits_${scale}`);
      const { losses, gradients } = await differentiate(
        logits,
        Float32Array.from(floats(group, `targets_${scale}`)),
        true,
      );
      // The reference takes the softmax in float64. Here a potential of up to `largest` is rounded to float32, which
      // changes probabilities by a factor 1 + rounding, and a loss moves by at most half of what its probability does.
      // Complements keep full precision here, unlike in the float32 reference, so the float64 losses are the truth.
      const largest = labels * Math.max(...logits.map(Math.abs));
      const rounding = largest * 2 ** -24;
      expect(
        compareNumbers(losses, file[`logits_${scale}_f64`]!.losses!, { absolute: 1e-6 + rounding, relative: 0 }),
      ).toMatchObject({ outside: 0 });
      const name = `dlosses_dlogits_${scale}_f32`;
      expect(compareNumbers(join(gradients), group.array(name).data, group.tolerance(name))).toMatchObject({
        outside: 0,
      });
    });
  });
});
