import type { Comparison } from '../comparisons.js';
import type { Task } from '../contenders/protocol.js';
import type { Peer } from '../peers/peers.js';
import { provideGraph } from '../peers/provide-graph.js';
import { provideInputs } from '../work/inputs.js';
import { constants } from '../work/work.js';
import { type ContenderName, launchContender, type Surroundings } from './launches.js';
import type { Participant } from './measure.js';

/** How to choose. */
export interface ChoiceOptions {
  readonly surroundings: Surroundings;
  /** Whether peers take part. */
  readonly peers: boolean;
  /** Whether our engines are asked where their time goes. */
  readonly profile: boolean;
}

/** Who takes part in a comparison, and why others do not. */
export interface Choice {
  readonly participants: readonly Participant<ContenderName>[];
  readonly absent: readonly { readonly name: ContenderName; readonly reason: string }[];
}

/** Those contenders of a comparison that can be started; peers first, so that the answers of all are compared with theirs. */
export async function chooseParticipants(
  comparison: Comparison,
  { surroundings, peers, profile }: ChoiceOptions,
): Promise<Choice> {
  const { work, threads, entries } = comparison;
  const task: Task = { work, constants, threads, ...(await provideInputs(work.shape, surroundings.folder)) };
  const engines: readonly ContenderName[] = entries.map(({ engine }) => engine);
  const others: readonly ContenderName[] = peers ? entries.flatMap(({ against }) => against) : [];
  const participants: Participant<ContenderName>[] = [];
  const absent: { name: ContenderName; reason: string }[] = [];
  for (const name of new Set([...others, ...engines])) {
    const launch = launchContender(name, comparison, surroundings);
    const graph = name.startsWith('onnxruntime') ? await graphFor(task, surroundings) : undefined;
    if ('absent' in launch) absent.push({ name, reason: launch.absent });
    else if (graph && 'absent' in graph) absent.push({ name, reason: graph.absent });
    else {
      const own = graph ? { ...task, graph: graph.path } : task;
      // A page has no access to the kernels.
      const profiled = profile && engines.includes(name) && comparison.environment !== 'Chromium';
      participants.push({ name, launch, task: own, profiled });
    }
  }
  return { participants, absent };
}

const graphFor = ({ work, weights }: Task, { folder, sources, peers }: Surroundings): Promise<Peer> =>
  provideGraph(work.shape, weights, { folder, sources, python: peers.python });
