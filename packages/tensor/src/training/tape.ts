import { UnsupportedOpError } from '@sofd/core';
import { add, clone, engine, keep, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** One operation as tfjs writes it down while it records: what it read, what it made, how its derivative is computed. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  readonly gradient?: (dys: (Tensor | null)[]) => Readonly<Record<string, () => Tensor>>;
  readonly saved?: readonly Tensor[];
}

/** The part of tfjs's engine that records; its types hide it. */
interface Recorder {
  readonly state: { activeTape: readonly TapeNode[] };
  startTape(): void;
  endTape(): void;
}

/** Runs f and returns its result with the operations that it consisted of. Both are kept until {@link discardTape}. */
export function recordTape(f: () => Tensor): { readonly value: Tensor; readonly tape: readonly TapeNode[] } {
  const recorder = engine() as unknown as Recorder;
  recorder.startTape();
  const tape = recorder.state.activeTape;
  try {
    // A copy, since f may return what is not its own.
    return { value: keep(engine().tidy('forward', () => clone(f()))), tape };
  } catch (error) {
    discardTape(tape);
    throw error;
  } finally {
    recorder.endTape();
    recorder.state.activeTape = [];
  }
}

/** Frees what a tape kept for the way back. */
export function discardTape(tape: readonly TapeNode[]): void {
  for (const { saved } of tape) for (const kept of saved ?? []) kept.dispose();
}

/**
 * Walks a tape backwards and adds up the gradients of its tensors. To be called within a tidy, which frees the rest.
 *
 * A gradient is freed as soon as no operation needs it any more.
 *
 * @param tape - from {@link recordTape}
 * @param leaves - the tensors whose gradients are wanted
 * @param seed - the gradient of the result
 * @returns the gradients of the leaves by tensor id; none where the result does not depend on a leaf
 */
export function backpropagate(
  tape: readonly TapeNode[],
  leaves: readonly Tensor[],
  seed: { readonly value: Tensor; readonly cotangent: Tensor },
): ReadonlyMap<number, Tensor> {
  const depends = findDependents(tape, leaves);
  const gradients = new Map([[seed.value.id, seed.cotangent]]);
  for (const node of [...tape].reverse()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    const inputs = Object.entries(node.inputs).filter(([, { id }]) => depends.has(id));
    if (inputs.length === 0 || dys.every((dy) => dy === null)) continue;
    const slopes = gradientOf(node)(dys);
    for (const [name, input] of inputs) accumulate(gradients, input, own(slopes[name] as () => Tensor, dys));
    for (const [i, { id }] of node.outputs.entries()) {
      if (dys[i] !== seed.cotangent) dys[i]?.dispose();
      gradients.delete(id);
    }
  }
  return gradients;
}

/** The ids of all tensors that are computed from the leaves, and of the leaves. */
function findDependents(tape: readonly TapeNode[], leaves: readonly Tensor[]): ReadonlySet<number> {
  const found = new Set(leaves.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => found.has(id))) for (const { id } of outputs) found.add(id);
  }
  return found;
}

function gradientOf({ kernelName, gradient }: TapeNode): NonNullable<TapeNode['gradient']> {
  if (gradient) return gradient;
  throw new UnsupportedOpError(
    `vjp: expected operations with a gradient, got ${kernelName}; write the loss without it, or use it outside of the loss.`,
  );
}

/** Some gradients are the tensor that they were given. */
const own = (compute: () => Tensor, dys: readonly (Tensor | null)[]): Tensor =>
  engine().tidy(() => {
    const gradient = compute();
    return dys.includes(gradient) ? clone(gradient) : gradient;
  });

function accumulate(gradients: Map<number, Tensor>, { id }: Tensor, gradient: Tensor): void {
  const before = gradients.get(id);
  gradients.set(id, before ? add(before, gradient) : gradient);
  if (!before) return;
  before.dispose();
  gradient.dispose();
}
