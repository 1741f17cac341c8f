import type { SofdErrorOptions } from '@sofd/core';
import { throwIfAborted } from '@sofd/core';
import type { ReadOptions } from './checkpoint-source.js';

/** How a stream is read. */
export interface StreamOptions extends Pick<ReadOptions, 'onBytes' | 'signal'> {
  /** The number of bytes that the stream must have. */
  readonly size: number;
  /** The call in the message of an AbortedError. */
  readonly where: string;
  /** Makes the error of a stream that is not as it should be, from what was got instead. */
  readonly fail: (got: string, options?: SofdErrorOptions) => Error;
}

/**
 * Reads a stream of known size into one buffer; no chunk is kept beside it.
 *
 * @throws AbortedError when `signal` is aborted; what `fail` makes where the stream breaks off, ends early or goes on
 */
export async function readStream(stream: ReadableStream<Uint8Array>, options: StreamOptions): Promise<Uint8Array> {
  const { size, onBytes, signal, where, fail } = options;
  const reader = stream.getReader();
  try {
    const buffer = allocate(size, fail);
    let arrived = 0;
    const next = async () => {
      const result = await reader.read().catch((cause: unknown) => {
        throwIfAborted(signal, where);
        throw fail(`${arrived} of ${size} bytes and then an interruption (${describeCause(cause)})`, { cause });
      });
      throwIfAborted(signal, where);
      return result.value;
    };
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      if (arrived + chunk.length > size) throw fail(`more than ${size} bytes`);
      buffer.set(chunk, arrived);
      arrived += chunk.length;
      onBytes?.(arrived);
    }
    if (arrived < size) throw fail(`only ${arrived} of ${size} bytes`);
    return buffer;
  } finally {
    // Ends a transfer that nobody waits for any more; does nothing to one that is complete.
    reader.cancel().catch(() => undefined);
  }
}

/** The size comes from a file, so that there may be no memory for it. */
function allocate(size: number, fail: StreamOptions['fail']): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw fail(`a manifest that says ${size} bytes, for which there is no memory`, { cause });
  }
}

/** A reason in one line; browsers say much in the name of an exception and little in its message. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error) && !(cause instanceof DOMException)) return String(cause);
  return cause.message === '' ? cause.name : `${cause.name}: ${cause.message}`;
}
