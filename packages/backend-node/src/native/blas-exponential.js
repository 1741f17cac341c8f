import { createHeapAddress } from './heap-address.js';

/** The most accurate of the library's ways, subnormal results as 0, and no messages about overflow. */
const mode = 0x2 | 0x280000 | 0x100;

/** A function that takes powers of e in place, given where numbers begin and how many there are. */
export function bindExponential(declaration, { memory, addressOf, find }) {
  const exponential = find(declaration);
  const heapAddress = createHeapAddress({ memory, addressOf });
  return (start, count) => {
    const address = heapAddress() + start;
    exponential(count, address, address, mode);
  };
}
