import type { GemmCall } from '@sofd/backend-wasm';
import type { Reordering, RightOperand } from './blas.js';
import type { Foreign, ForeignMemory } from './foreign.js';
import { floatBytes, type Range, splitExtent } from './split-product.js';

/** Columns of a right operand that were reordered for one thread. */
export interface ReorderedColumns extends Range {
  readonly memory: ForeignMemory;
}

/** Reordered copies of right operands that do not change. */
export interface FrozenOperands {
  /**
   * The copy for a product, a part for each thread.
   *
   * Where the order depends on the rows of the product, a copy is made only for as many rows as the product before had, since
   * it costs about as much as a product of few rows.
   *
   * @returns undefined where there is none yet.
   */
  find(data: object, call: Operand): readonly ReorderedColumns[] | undefined;
  /** Frees the copies of some data. */
  forget(data: object): void;
  /** Frees all copies. */
  dispose(): void;
}

/** What {@link createFrozenOperands} works with. */
export interface FrozenOperandsOptions {
  readonly foreign: Foreign;
  /** The heap's. */
  readonly memory: { readonly buffer: ArrayBufferLike };
  /** Threads that share a product. */
  readonly threads: number;
}

type Operand = Pick<GemmCall, 'rows' | 'inner' | 'columns' | 'b' | 'strideB' | 'transposeB'>;

interface Entry {
  /** The latest product that was asked for. */
  latest: Operand;
  copy?: { readonly of: Operand; readonly parts: readonly ReorderedColumns[] };
}

/** Keeps copies, which live outside of the heap. */
export function createFrozenOperands(
  reordering: Reordering,
  { foreign, memory, threads }: FrozenOperandsOptions,
): FrozenOperands {
  const entries = new Map<object, Entry>();
  const free = ({ copy }: Entry) => {
    for (const part of copy?.parts ?? []) part.memory.free();
  };
  const isFor = (one: Operand, other: Operand) =>
    (one.rows === other.rows || !reordering.dependsOnRows) &&
    one.inner === other.inner &&
    one.columns === other.columns &&
    one.b === other.b &&
    one.strideB === other.strideB &&
    one.transposeB === other.transposeB;

  const reorder = ({ rows, inner, columns, b, strideB, transposeB }: Operand): readonly ReorderedColumns[] => {
    const start = foreign.addressOf(new Uint8Array(memory.buffer)) + b;
    return splitExtent(columns, threads).map((range) => {
      const skip = range.start * (transposeB ? strideB : 1) * floatBytes;
      const operand: RightOperand = { rows, inner, columns: range.length, b: start + skip, strideB, transposeB };
      const part = foreign.allocate(reordering.measure(operand));
      reordering.write(operand, part.address);
      return { ...range, memory: part };
    });
  };

  return {
    find(data, call) {
      const entry = entries.get(data);
      if (entry?.copy && isFor(entry.copy.of, call)) {
        entry.latest = call;
        return entry.copy.parts;
      }
      const isRepeated = entry !== undefined && isFor(entry.latest, call);
      if (!isRepeated && reordering.dependsOnRows) {
        entries.set(data, { ...entry, latest: call });
        return undefined;
      }
      if (entry) free(entry);
      const parts = reorder(call);
      entries.set(data, { latest: call, copy: { of: call, parts } });
      return parts;
    },
    forget(data) {
      const entry = entries.get(data);
      if (entry) free(entry);
      entries.delete(data);
    },
    dispose() {
      for (const entry of entries.values()) free(entry);
      entries.clear();
    },
  };
}
