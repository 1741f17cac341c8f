import { writeFile } from 'node:fs/promises';
import { renderReport } from '@sofd/evaluation/report';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { collectReport, type ReportSources } from '../report/collect-report.js';

/** Options of `sofd report`. */
export interface ReportCommandOptions extends CommonOptions, ReportSources {
  /** HTML file to write. */
  readonly output: string;
}

/** Writes one self-contained HTML report. */
export async function report(
  options: ReportCommandOptions,
  { log }: CommandContext,
): Promise<{ output: string; bytes: number }> {
  const text = await renderReport(await collectReport(options));
  await writeFile(options.output, text);
  log(`${options.output}: ${Math.round(Buffer.byteLength(text) / 1024)} KiB, needs no network.`);
  return { output: options.output, bytes: Buffer.byteLength(text) };
}
