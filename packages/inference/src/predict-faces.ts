import type { LabelGraph } from '@sofd/core';
import { throwIfAborted } from '@sofd/core';
import type { Predictor } from '@sofd/model';
import type { FaceInput } from './face-inputs.js';

/** Faces that go through the model at once: enough to fill an engine, little enough for a phone's memory. */
const facesPerBatch = 8;

/**
 * Runs the model on every face.
 *
 * @returns [labels] float32 logits, one array a face.
 */
export async function predictFaces(
  predictor: Predictor,
  inputs: readonly FaceInput[],
  { graph, signal }: { readonly graph: LabelGraph; readonly signal: AbortSignal | undefined },
): Promise<Float32Array[]> {
  const labels = graph.labels.length;
  const rows: Float32Array[] = [];
  for (let start = 0; start < inputs.length; start += facesPerBatch) {
    throwIfAborted(signal, 'detector.detect');
    const batch = inputs.slice(start, start + facesPerBatch);
    const size = batch[0]?.pixels.length ?? 0;
    const images = new Float32Array(batch.length * size); // [batch, imageSize, imageSize, 3]
    for (const [index, { pixels }] of batch.entries()) images.set(pixels, index * size);
    const { logits } = await predictor.predict(images, batch.length); // [batch, labels]
    for (let row = 0; row < batch.length; row++) rows.push(logits.slice(row * labels, (row + 1) * labels));
  }
  return rows;
}
