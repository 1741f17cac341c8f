import { EvaluationError } from '@sofd/core';
import type { Html } from './html/html.js';
import { type DrawnSection, renderReportPage } from './html/report-page.js';
import { type DatasetSection, renderDataset } from './sections/dataset.js';
import { type DetectionsSection, renderDetections } from './sections/detections.js';
import { type EvaluationSection, renderEvaluation } from './sections/evaluation.js';
import { type OverviewSection, renderOverview } from './sections/overview.js';
import { renderTable, type TableSection } from './sections/table.js';
import { renderTraining, type TrainingSection } from './sections/training.js';

/** One part of a report, told apart by `kind`. */
export type ReportSection =
  | OverviewSection
  | DatasetSection
  | TrainingSection
  | EvaluationSection
  | DetectionsSection
  | TableSection;

/** All that a report shows; any text in it may come from files and users, it is escaped. */
export interface ReportData {
  readonly title: string;
  /** A line below the title, for instance when and by what it was made. */
  readonly subtitle?: string;
  /** What the reader should know first, one sentence each. */
  readonly summary: readonly string[];
  readonly sections: readonly ReportSection[];
  /** A line at the foot, for instance the command that makes the report again. */
  readonly footer?: string;
}

const headings: Readonly<Record<ReportSection['kind'], string>> = {
  overview: 'Overview',
  dataset: 'Data set',
  training: 'Training',
  evaluation: 'Evaluation',
  detections: 'Detections',
  table: 'Table',
};

/**
 * Renders a report as one HTML file that needs no network and no script, for light and dark, phone and desktop.
 *
 * Charts are drawn here to SVG; pictures are embedded; all text is escaped. The same data gives the same bytes.
 *
 * @param data - Title, summary and sections, in the order in which they appear.
 * @returns The file's text, UTF-8.
 * @throws EvaluationError if a picture is not PNG, JPEG, WebP or GIF, a number is not finite, or a section contradicts itself.
 * @example
 * ```ts
 * const text = await renderReport({
 *   title: 'Demo',
 *   summary: ['22 faces became 132 images.'],
 *   sections: [{ kind: 'overview', figures: [{ label: 'AUC', value: 0.83, interval: [0.71, 0.92] }] }],
 * });
 * ```
 */
export async function renderReport(data: ReportData): Promise<string> {
  const sections: DrawnSection[] = [];
  for (const section of data.sections) {
    sections.push({ title: titleOf(section), lead: section.lead, body: await renderSection(section) });
  }
  return await renderReportPage({ ...data, sections });
}

function titleOf(section: ReportSection): string {
  return section.title ?? headings[section.kind];
}

function renderSection(section: ReportSection): Html | Promise<Html> {
  switch (section.kind) {
    case 'overview':
      return renderOverview(section);
    case 'dataset':
      return renderDataset(section);
    case 'training':
      return renderTraining(section);
    case 'evaluation':
      return renderEvaluation(section);
    case 'detections':
      return renderDetections(section);
    case 'table':
      return renderTable(section);
    default:
      return refuse(section);
  }
}

function refuse(section: never): never {
  const { kind } = section as { readonly kind?: unknown };
  throw new EvaluationError(
    `renderReport: expected a section of kind ${Object.keys(headings).join(', ')}, got '${String(kind)}'; use one of these`,
  );
}
