import { readFile } from 'node:fs/promises';
import { faceForensics, ffsc, type LabelGraph, parseLabelGraph } from '@sofd/core';
import { CommandError } from './command-error.js';

const publishedGraphs: Readonly<Record<string, LabelGraph>> = { faceForensics, ffsc };

/**
 * Reads what `--graph` names: a published graph, or a JSON file.
 *
 * @param nameOrFile as typed
 * @param command name of the command, for messages
 */
export async function readLabelGraph(nameOrFile: string, command: string): Promise<LabelGraph> {
  if (Object.hasOwn(publishedGraphs, nameOrFile)) return publishedGraphs[nameOrFile]!;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(nameOrFile, 'utf8'));
  } catch (cause) {
    throw new CommandError(
      `${command}: expected ${Object.keys(publishedGraphs).join(', ')} or a JSON file as --graph, got ${nameOrFile} that cannot be read; check the path.`,
      { cause },
    );
  }
  return parseLabelGraph(json, nameOrFile);
}
