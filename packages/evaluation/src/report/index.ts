/**
 * Self-contained HTML reports and contact sheets. Charts are drawn by Vega on the server; import this subpath only where a report is made.
 *
 * @packageDocumentation
 */
export {
  type ContactSheet,
  type LabelCount,
  renderContactSheet,
  type SkippedCount,
} from './contact-sheet/render-contact-sheet.js';
export type { BadgeKind } from './html/badge.js';
export type { ReportImage } from './html/image.js';
export type { SamplePicture, ServedPicture, WithheldPicture } from './html/picture.js';
export { type ReportData, type ReportSection, renderReport } from './render-report.js';
export { countBySplit, type SplitCount } from './sections/counts.js';
export { countRows, type DatasetCount, type DatasetSection } from './sections/dataset.js';
export type { DetectionsSection, ReportBox, ReportFace, ReportLabel, ReportPhoto } from './sections/detections.js';
export type { EvaluationSection } from './sections/evaluation.js';
export type { OverviewFigure, OverviewSection } from './sections/overview.js';
export type { DatasetSample } from './sections/samples.js';
export type { TableSection } from './sections/table.js';
export type { TrainingSection, TrainingStep } from './sections/training.js';
export type { ComparedRun, TrainingPart, TrainingRecord, TrainingReportData } from './training-report/data.js';
export { renderTrainingReport } from './training-report/render-training-report.js';
