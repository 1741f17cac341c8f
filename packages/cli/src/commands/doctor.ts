import { cpus, totalmem } from 'node:os';
import { findNvidiaGpus, type NvidiaGpu } from '@sofd/backend-node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { allBackends } from '../engine.js';
import { findTools, type ToolReport } from '../tools.js';

/** What `sofd doctor` found. */
export interface DoctorReport {
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** NVIDIA cards, which the engine tensorflow can use. */
  readonly gpus: readonly NvidiaGpu[];
  readonly engines: readonly EngineReport[];
  readonly tools: readonly ToolReport[];
}

/** One engine's state on this machine. */
export interface EngineReport {
  readonly name: string;
  readonly usable: boolean;
  /** What it runs on, or why it cannot. */
  readonly detail: string;
  /** What to type to get it; empty where it is usable. */
  readonly remedy: string;
}

async function inspectEngines(): Promise<EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const backend of allBackends()) {
    const found = await backend.probe();
    reports.push(
      found.available
        ? { name: backend.name, usable: true, detail: found.detail, remedy: '' }
        : { name: backend.name, usable: false, detail: found.reason, remedy: found.remedy },
    );
  }
  return reports;
}

const line = (mark: boolean, name: string, detail: string, remedy: string): string =>
  `  ${mark ? 'yes' : ' no'}  ${name.padEnd(11)} ${detail}${remedy === '' ? '' : `\n                   to get it: ${remedy}`}`;

/**
 * Says which engines and optional tools work on this machine, why not where not, and what to type to get them.
 *
 * @returns the same facts as data
 */
export async function doctor(_options: CommonOptions, { log }: CommandContext): Promise<DoctorReport> {
  const report: DoctorReport = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    gpus: await findNvidiaGpus(),
    engines: await inspectEngines(),
    tools: findTools(),
  };
  log(`Node ${report.node} on ${report.platform}, ${report.processor}, ${report.cores} cores, ${report.memoryGiB} GiB`);
  for (const { name, memoryMiB, driver } of report.gpus) log(`${name}, ${memoryMiB} MiB, driver ${driver}`);
  log('Engines, best first:');
  for (const { usable, name, detail, remedy } of report.engines) log(line(usable, name, detail, remedy));
  log('Optional tools:');
  for (const { present, name, detail, remedy } of report.tools) log(line(present, name, detail, remedy));
  return report;
}
