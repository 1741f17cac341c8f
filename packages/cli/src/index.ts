/**
 * The commands of `sofd` as functions, for programs that run several of them.
 *
 * @packageDocumentation
 */
export type { CommandContext, CommonOptions, EngineName } from './command-context.js';
export { type ConvertCommandOptions, type ConvertSummary, convert } from './commands/convert.js';
export { type DetectCommandOptions, type DetectReport, detect, type FileDetection } from './commands/detect.js';
export { type DoctorReport, doctor } from './commands/doctor.js';
export { type EvaluateCommandOptions, type EvaluationReport, evaluate } from './commands/evaluate.js';
export { type ExpandCommandOptions, expand } from './commands/expand.js';
export { type ReportCommandOptions, report } from './commands/report.js';
export { type SetupCommandOptions, setup } from './commands/setup.js';
export { type SeriesSummary, type TrainCommandOptions, type TrainSummary, train } from './commands/train.js';
export { DiskFullError } from './disk-full-error.js';
export { runProgram } from './program.js';
export { createProgressDisplay } from './progress.js';
