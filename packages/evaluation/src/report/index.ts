/**
 * Self-contained HTML reports. Charts are drawn by Vega on the server; import this subpath only where a report is made.
 *
 * @packageDocumentation
 */
export type { BadgeKind } from './html/badge.js';
export type { ReportImage } from './html/image.js';
export { type ReportData, type ReportSection, renderReport } from './render-report.js';
export { countRows, type DatasetCount, type DatasetSample, type DatasetSection } from './sections/dataset.js';
export type { DetectionsSection, ReportBox, ReportFace, ReportLabel, ReportPhoto } from './sections/detections.js';
export type { EvaluationSection } from './sections/evaluation.js';
export type { OverviewFigure, OverviewSection } from './sections/overview.js';
export type { TableSection } from './sections/table.js';
export type { TrainingSection, TrainingStep } from './sections/training.js';
