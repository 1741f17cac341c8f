import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Comparison, EngineName, PeerContenderName } from '../comparisons.js';
import type { EnginePeerName, Peer } from '../peers/peers.js';
import type { Launch } from './contender-process.js';

/** Who takes part. */
export type ContenderName = EngineName | PeerContenderName;

/** What is needed to start contenders. */
export interface Surroundings {
  /** The built program's folder and that of its sources. */
  readonly built: string;
  readonly sources: string;
  /** The cache folder. */
  readonly folder: string;
  readonly peers: Readonly<Record<EnginePeerName, Peer>>;
}

const engineNames: readonly ContenderName[] = ['native', 'wasm', 'tensorflow'];
const pytorchVariants: Readonly<Partial<Record<ContenderName, readonly string[]>>> = {
  PyTorch: [],
  'PyTorch fused': ['fused'],
  'PyTorch foreach': ['foreach'],
};

/** What has to be installed for a comparison. */
export function neededPeers({ environment, entries }: Comparison): readonly EnginePeerName[] {
  const names = entries.flatMap(({ against }) => against);
  const hasOnnx = names.some((name) => name.startsWith('onnxruntime'));
  return [
    // It writes the graph for ONNX Runtime.
    ...(hasOnnx || names.some((name) => name in pytorchVariants) ? (['python'] as const) : []),
    ...(hasOnnx || environment === 'Node 24' ? (['npm'] as const) : []),
  ];
}

/**
 * How a contender is started, or why it cannot be.
 *
 * @param name - the contender.
 * @param comparison - in which it takes part.
 * @param surroundings - what is there.
 */
export function launchContender(
  name: ContenderName,
  { environment, threads }: Pick<Comparison, 'environment' | 'threads'>,
  { built, sources, peers: { python, npm } }: Surroundings,
): Launch | Absent {
  const isOurs = engineNames.includes(name);
  const variant = pytorchVariants[name];
  if (variant) {
    if ('absent' in python) return python;
    return pin(python.path, [join(sources, 'python', 'pytorch.py'), ...variant], threads);
  }
  if ('absent' in npm && !(isOurs && environment !== 'Node 24')) return npm;
  const modules = 'path' in npm ? npm.path : '';
  const node = environment === 'Node 24' ? join(modules, '.bin', 'node') : process.execPath;
  const inNode = (script: string, ...args: string[]) =>
    pin(node, [join(built, 'contenders', script), ...args], threads);
  if (environment === 'Chromium') return inNode('chromium.js', name, modules);
  if (!isOurs) return inNode('onnxruntime.js', name, join(modules, 'any-file'));
  const launch = inNode('sofd.js', name);
  return name === 'native' ? besidePython(launch, python) : launch;
}

/** As if it was the user's own environment: the native engine looks there for MKL and for the OpenBLAS of numpy. */
export function besidePython(launch: Launch, python: Peer): Launch {
  if ('absent' in python) return launch;
  return { ...launch, env: { ...launch.env, VIRTUAL_ENV: dirname(dirname(python.path)) } };
}

type Absent = { readonly absent: string };

/** The same number of threads for everyone, and none that spins while another contender has its turn. */
const environmentFor = (threads: number): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    [
      'SOFD_THREADS',
      'OMP_NUM_THREADS',
      'MKL_NUM_THREADS',
      'OPENBLAS_NUM_THREADS',
      'TF_NUM_INTRAOP_THREADS',
      'TF_NUM_INTEROP_THREADS',
    ].map((name) => [name, `${threads}`]),
  ),
  GOMP_SPINCOUNT: '0',
  KMP_BLOCKTIME: '0',
});

/** Whether processes can be bound to cores. */
const canPin: boolean = spawnSync('taskset', ['--version']).status === 0;

/** How a command is started on as many cores as it has threads. */
export function pin(command: string, args: readonly string[], threads: number): Launch {
  const env = environmentFor(threads);
  if (!canPin) return { command, args, env };
  const cores = Array.from({ length: threads }, (_, core) => core).join(',');
  return { command: 'taskset', args: ['-c', cores, command, ...args], env };
}
