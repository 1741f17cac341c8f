import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ArgumentTypes, type FunctionWriter, type Node, writeFunction } from '../functions/function-def.js';
import { createOperations, type Operations } from '../functions/operations.js';
import type { Handle, OpAttribute, TensorflowBackend } from '../tensorflow-binding.js';
import { type Constants, createConstants } from './constants.js';
import { createKeepsakes } from './keepsakes.js';

/** A function of TensorFlow: operations that are written down once and then run in one go. */
export interface Composition {
  /** Tells it from all others: letters, digits and underscores. */
  readonly name: string;
  /** Its arguments in order, and their types. */
  readonly types: ArgumentTypes;
  readonly outputs: number;
  /** Whether the compiler XLA makes one loop of it. It compiles once for each shape, in about a twentieth of a second. */
  readonly compiled?: boolean;
  /** Writes it down; returns its outputs, all floats. */
  write(args: Readonly<Record<string, Node>>, ops: Operations, writer: FunctionWriter): readonly Node[];
}

/**
 * TensorFlow's operations and functions on handles.
 *
 * Through tfjs every number that is an argument would become a tensor, and every intermediate result be counted and tracked.
 */
export interface Eager extends Omit<Constants, 'trim' | 'free'> {
  /** Runs a computation, and then frees the handles that it made and neither gave away nor kept. Not inside another one. */
  compute<T>(body: () => T): T;
  /** Runs one operation. */
  run(name: string, inputs: readonly Handle[], attributes: readonly OpAttribute[], outputs?: number): Handle[];
  /** Runs a function. */
  call(composition: Composition, inputs: readonly Handle[]): Handle[];
  /** The handle behind a tensor. */
  of(tensor: TensorInfo): Handle;
  /** Gives a handle of floats away as a tensor. */
  tensor(handle: Handle): TensorInfo;
  /** Frees a handle before the computation ends. */
  free(handle: Handle): void;
  /** Whether a gradient is being recorded, for which something may be worth remembering. */
  isRecording(): boolean;
  /** Hangs handles on a tensor's data, with which they are freed. */
  keep(tensor: TensorInfo, name: string, handles: readonly Handle[]): void;
  /** What hangs on a tensor's data. */
  kept(tensor: TensorInfo, name: string): readonly Handle[] | undefined;
  /** Takes what hangs on a tensor's data into this computation. */
  take(tensor: TensorInfo, name: string): readonly Handle[] | undefined;
  /** Empties a tensor that is never read again, and returns its handle; nothing where its data is shared. */
  empty(tensor: TensorInfo): Handle | undefined;
  /** Frees the constants. */
  dispose(): void;
}

/** Names of functions that TensorFlow knows. It keeps them as long as it runs, longer than a backend of tfjs. */
const known = new Set<string>();

/** Binds operations and functions to a backend of tfjs-node. */
export function createEager(backend: TensorflowBackend): Eager {
  const { binding, tensorMap } = backend;
  const { trim, free: dispose, ...constants } = createConstants(binding);
  const keepsakes = createKeepsakes(backend);
  const made = new Set<number>();
  const run: Eager['run'] = (name, inputs, attributes, outputs = 1) => {
    const ids = inputs.map(({ id }) => id);
    const results = binding.executeOp(name, attributes, ids, outputs);
    for (const { id } of results) made.add(id);
    return results;
  };
  return {
    ...constants,
    dispose,
    run,
    compute(body) {
      trim();
      try {
        return body();
      } finally {
        for (const id of made) binding.deleteTensor(id);
        made.clear();
      }
    },
    call(composition, inputs) {
      const { name, outputs } = composition;
      if (!known.has(name)) binding.addFunction(encodeComposition(composition));
      known.add(name);
      return run(name, inputs, [], outputs);
    },
    of({ dataId, shape }) {
      const entry = tensorMap.get(dataId);
      if (entry.values !== null) {
        entry.id = binding.createTensor(entry.shape, entry.dtype, entry.values);
        entry.values = null;
      }
      return { id: entry.id, shape };
    },
    tensor({ id, shape }) {
      made.delete(id);
      const dataId = {};
      tensorMap.set(dataId, { shape, dtype: binding.TF_FLOAT, id, values: null, refCount: 1 });
      return { dataId, shape, dtype: 'float32' };
    },
    free({ id }) {
      made.delete(id);
      binding.deleteTensor(id);
    },
    isRecording: () => engine().state.gradientDepth > 0,
    keep({ dataId }, name, handles) {
      for (const { id } of handles) made.delete(id);
      keepsakes.put(dataId, name, handles);
    },
    kept: ({ dataId }, name) => keepsakes.look(dataId, name),
    take({ dataId }, name) {
      const handles = keepsakes.take(dataId, name);
      for (const { id } of handles ?? []) made.add(id);
      return handles;
    },
    empty({ dataId, shape }) {
      const entry = tensorMap.get(dataId);
      const { id } = entry;
      if (entry.refCount > 1 || id < 0) return undefined;
      entry.id = -1;
      made.add(id);
      return { id, shape };
    },
  };
}

function encodeComposition({ name, types, compiled = false, write }: Composition): Uint8Array {
  const writer = writeFunction(name, types);
  const args = Object.fromEntries(Object.keys(types).map((key) => [key, { output: key }]));
  const outputs = write(args, createOperations(writer), writer);
  return writer.finish(outputs, compiled ? { _XlaMustCompile: { flag: true } } : {});
}
