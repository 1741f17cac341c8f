import { once } from 'node:events';
import { openDataset } from '@sofd/dataset/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { serveContactSheet } from '../contact-sheet/serve-contact-sheet.js';
import { writeContactSheet } from '../contact-sheet/write-contact-sheet.js';

/** Options of `sofd dataset show`. */
export interface DatasetShowOptions extends CommonOptions {
  /** Folder of a data set that sofd made. */
  readonly data: string;
  /** Port on this machine; any free one where 0. */
  readonly port: number;
  /** Images of each mode at most. */
  readonly count: number;
  /** HTML file that is written; nothing is served then. */
  readonly output?: string;
}

/** What `--json` writes. */
export type DatasetShowResult = { readonly url: string } | { readonly output: string; readonly bytes: number };

/** Shows a random sample of a data set's images beside what they were made from: in the browser, or as a file. */
export async function datasetShow(
  { data, port, count, output, seed }: DatasetShowOptions,
  { log, signal }: CommandContext,
): Promise<DatasetShowResult> {
  if (output !== undefined) {
    const bytes = await writeContactSheet(data, { output, perMode: count, seed });
    log(`${output}: ${Math.round(bytes / 1024)} KiB, needs no network.`);
    return { output, bytes };
  }
  const dataset = await openDataset(data);
  const server = await serveContactSheet({ data, dataset, port, perMode: count, seed });
  try {
    log(`The contact sheet is at ${server.url} until Ctrl+C.`);
    if (!signal.aborted) await once(signal, 'abort');
    return { url: server.url };
  } finally {
    await server.close();
  }
}
