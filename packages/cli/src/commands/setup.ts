import { setUpTensorflow, type TensorflowSetup, type TfjsNodePackage } from '@sofd/backend-node';
import type { CommandContext, CommonOptions } from '../command-context.js';

/** What `sofd setup` can set up. */
export const setupTargets = ['tensorflow'] as const;

/** Options of `sofd setup`. */
export interface SetupCommandOptions extends CommonOptions {
  /** The engine to set up. */
  readonly target: (typeof setupTargets)[number];
  /** The Python whose TensorFlow is used; the active environment's, `python3` or `python` when left out. */
  readonly python?: string;
  /** The npm package whose binding is built; the first installed one when left out. */
  readonly package?: TfjsNodePackage;
  /** Build again what is built already. @default false */
  readonly force: boolean;
}

/**
 * Builds what an engine needs on this machine, checks it, and keeps it in the user's cache folder.
 *
 * @returns what was built and what it runs on
 * @throws {BackendUnavailableError} saying what is missing and what to type to get it
 */
export async function setup(
  { python, package: tfjsPackage, force }: SetupCommandOptions,
  { log, progress, signal }: CommandContext,
): Promise<TensorflowSetup> {
  const result = await setUpTensorflow({ python, package: tfjsPackage, force, progress, signal });
  const { tensorflow, gpu, built, addon } = result;
  const build = tensorflow.cuda === null ? 'a build without CUDA' : `a build for CUDA ${tensorflow.cuda}`;
  log(
    `TensorFlow ${tensorflow.version} of ${result.python}, ${build}, computes on the ${gpu ? 'NVIDIA card' : 'CPU'}.`,
  );
  log(`The binding of @tensorflow/${result.package} ${built ? 'was built' : 'is as built before'}: ${addon}`);
  log('Use it with --engine tensorflow.');
  return result;
}
