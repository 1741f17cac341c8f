/** Where a heap lies, as a function, since growth replaces the buffer and may move it. */
export function createHeapAddress({ memory, addressOf }) {
  let buffer;
  let address = 0;
  return () => {
    if (buffer !== memory.buffer) {
      buffer = memory.buffer;
      address = addressOf(new Uint8Array(buffer));
    }
    return address;
  };
}
