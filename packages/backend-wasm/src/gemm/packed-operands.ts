import { OutOfMemoryError } from '@sofd/core';
import { type AlignedMemory, allocateAligned } from '../heap/aligned-memory.js';
import type { KernelContext } from '../kernels/kernel-context.js';
import type { GemmCall } from './gemm.js';

/** How B is stored, as the kernel is told. */
export const orders = { asItIs: 0, transposed: 1, packed: 2 } as const;

/** The right operand of a product, as the kernel takes it. */
export interface RightOperand {
  readonly address: number;
  readonly stride: number;
  readonly order: (typeof orders)[keyof typeof orders];
}

/** Copies of right operands that do not change, in the order in which the kernel reads them. */
export interface PackedOperands {
  /** The right operand of a product: the copy where it is frozen, made at the first product with it. */
  find(call: GemmCall): RightOperand;
  /** Frees the copy of some data. */
  forget(data: object): void;
  dispose(): void;
}

interface Copy extends AlignedMemory {
  readonly of: GemmCall;
}

export function createPackedOperands({ heap, exports }: Pick<KernelContext, 'heap' | 'exports'>): PackedOperands {
  const copies = new Map<object, Copy>();

  const pack = (of: GemmCall): Copy | undefined => {
    const { inner, columns } = of;
    try {
      const memory = allocateAligned(heap, exports.packedRightBytes(inner, columns) >>> 0);
      exports.packRight(columns, inner, of.b, of.strideB, asStored(of).order, memory.address);
      return { ...memory, of };
    } catch (error) {
      // The product does without it.
      if (OutOfMemoryError.isInstance(error)) return undefined;
      throw error;
    }
  };

  return {
    find(call) {
      const { frozenB: data, batch = 1 } = call;
      if (data === undefined || batch !== 1) return asStored(call);
      const copy = copies.get(data) ?? pack(call);
      if (copy) copies.set(data, copy);
      // Reshaped, or as the transposed operand of another product, the same data is another matrix.
      if (!copy || !isSameMatrix(copy.of, call)) return asStored(call);
      return { address: copy.address, stride: 0, order: orders.packed };
    },
    forget(data) {
      copies.get(data)?.free();
      copies.delete(data);
    },
    dispose() {
      for (const copy of copies.values()) copy.free();
      copies.clear();
    },
  };
}

const asStored = ({ b, strideB, transposeB }: GemmCall): RightOperand => ({
  address: b,
  stride: strideB,
  order: transposeB ? orders.transposed : orders.asItIs,
});

const isSameMatrix = (one: GemmCall, other: GemmCall): boolean =>
  one.b === other.b &&
  one.inner === other.inner &&
  one.columns === other.columns &&
  one.strideB === other.strideB &&
  one.transposeB === other.transposeB;
