import { readFile } from 'node:fs/promises';
import type { LabelGraph } from '@sofd/core';
import { type LabelRules, parseRules } from '@sofd/dataset';
import { CommandError } from './command-error.js';
import { readLabelGraph } from './read-label-graph.js';

/** What `--graph` and `--rules` name. */
export interface LabelFiles {
  /** Name of a published graph, or a JSON file. */
  readonly graph?: string;
  /** JSON file that says how manipulations are labelled. */
  readonly rules?: string;
}

async function readRules(file: string, command: string): Promise<LabelRules> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CommandError(
      `${command}: expected a JSON file as --rules, got ${file} that cannot be read; check the path.`,
      { cause },
    );
  }
  return parseRules(json, file);
}

/**
 * Reads a label graph and the rules for it; what is not given is left out.
 *
 * @param command name of the command, for messages
 * @throws CommandError where a graph comes without rules: the published label maps are of the FaceForensics graph
 */
export async function readLabelRules(
  { graph, rules }: LabelFiles,
  command: string,
): Promise<Partial<LabelRules> & { readonly labelGraph?: LabelGraph }> {
  if (graph !== undefined && rules === undefined) {
    throw new CommandError(
      `${command}: expected --rules with --graph ${graph}, got none; the rules say which of the graph's labels each manipulation gets.`,
    );
  }
  return {
    ...(graph === undefined ? {} : { labelGraph: await readLabelGraph(graph, command) }),
    ...(rules === undefined ? {} : await readRules(rules, command)),
  };
}
