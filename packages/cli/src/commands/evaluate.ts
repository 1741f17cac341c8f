import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { computeCalibratedMarginals, type DatasetRow } from '@sofd/core';
import { loadSplit, openDataset } from '@sofd/dataset/node';
import { type EvaluationSummary, evaluateScores } from '@sofd/evaluation';
import { createPredictor, loadCheckpoint, type Predictor } from '@sofd/model';
import { readCheckpointFolder } from '@sofd/model/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { activateEngine } from '../engine.js';
import { assertSameGraph } from '../same-graph.js';

/** Options of `sofd eval`. */
export interface EvaluateCommandOptions extends CommonOptions {
  readonly model: string;
  readonly data: string;
  readonly output: string;
  /** @default 'test' */
  readonly split: DatasetRow['split'];
}

/** What `sofd eval` writes to evaluation.json. */
export interface EvaluationReport extends EvaluationSummary {
  readonly engine: string;
  readonly split: string;
  readonly dataset: { readonly digest: string };
  readonly model: { readonly name: string; readonly sha256: string };
  /** The counts in one sentence of plain words. */
  readonly sentence: string;
}

/** Images loaded and scored at once: memory does not grow with the data set. */
const chunkSize = 32;

/** Calibrated marginals of every row of a split, [rows, labels]. */
async function scoreRows(
  rows: readonly DatasetRow[],
  load: (rows: readonly DatasetRow[]) => Promise<Float32Array>,
  { predictor, context, split }: { predictor: Predictor; context: CommandContext; split: string },
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < rows.length; start += chunkSize) {
    context.signal.throwIfAborted();
    const chunk = rows.slice(start, start + chunkSize);
    parts.push((await predictor.predict(await load(chunk), chunk.length)).logits);
    context.progress({ stage: `scoring ${split}`, done: start + chunk.length, total: rows.length });
  }
  const logits = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    logits.set(part, offset);
    offset += part.length;
  }
  return logits;
}

/** What training knew of the people of a split. */
const acquaintance: Readonly<Record<DatasetRow['split'], string>> = {
  train: 'that training saw',
  validation: 'that calibration saw',
  test: 'that training did not see',
};

const describe = ({ count, identities, auc, interval }: EvaluationSummary, split: DatasetRow['split']): string =>
  `AUC ${auc.toFixed(3)} [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}] on ${count} images of ${identities} people ${acquaintance[split]}.`;

/** Scores a split of a data set; writes evaluation.json and scores.jsonl (one line an image). */
export async function evaluate(options: EvaluateCommandOptions, context: CommandContext): Promise<EvaluationReport> {
  const { output, split, seed } = options;
  const checkpoint = await loadCheckpoint(readCheckpointFolder(options.model));
  const { graph, manifest } = checkpoint;
  const dataset = await openDataset(options.data);
  assertSameGraph(graph, dataset.graph, 'eval');
  const { name: engine } = await activateEngine(options.engine);
  const predictor = createPredictor(checkpoint);
  const rows = dataset.split(split);
  const { imageSize, mean, std } = manifest.input;
  const load = async (part: readonly DatasetRow[]) =>
    (await loadSplit({ ...dataset, split: () => part }, split, { imageSize, mean, std })).images;
  const logits = await scoreRows(rows, load, { predictor, context, split });
  predictor.dispose();
  const marginals = computeCalibratedMarginals(graph, logits, manifest.calibration);
  const targets = Uint8Array.from(rows.flatMap((row) => row.targets));
  const summary = evaluateScores({ graph, targets, marginals, identities: rows.map(({ identity }) => identity), seed });
  const report: EvaluationReport = {
    ...summary,
    engine,
    split,
    dataset: { digest: dataset.info.digest },
    model: { name: manifest.name, sha256: manifest.weights.sha256 },
    sentence: describe(summary, split),
  };
  await mkdir(output, { recursive: true });
  await writeFile(join(output, 'evaluation.json'), `${JSON.stringify(report, null, 2)}\n`);
  const width = graph.labels.length;
  const lines = rows.map(({ id, identity, mode, targets: row }, index) =>
    JSON.stringify({
      id,
      identity,
      mode,
      targets: row,
      marginals: [...marginals.subarray(index * width, (index + 1) * width)],
    }),
  );
  await writeFile(join(output, 'scores.jsonl'), `${lines.join('\n')}\n`);
  context.log(report.sentence);
  for (const warning of summary.warnings) context.log(`  ${warning}`);
  return report;
}
