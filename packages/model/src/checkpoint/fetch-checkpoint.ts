import { CheckpointFormatError, type SofdErrorOptions, throwIfAborted } from '@sofd/core';
import type { CheckpointSource } from './checkpoint-source.js';
import { describeCause, readStream } from './read-stream.js';

const where = 'fetchCheckpoint';

/**
 * A checkpoint on a web server.
 *
 * The weights are read as they arrive, into one buffer of the size that the manifest says, so that the progress has a
 * total also where the server compresses them or does not say their length.
 *
 * @param baseUrl - the folder that holds `manifest.json` and `model.safetensors`
 * @returns a source for `loadCheckpoint`; it fails with a CheckpointFormatError where there is no such file, a web page
 * in its place, or a transfer that breaks off, and says how many bytes had arrived
 * @example
 * ```ts
 * const checkpoint = await loadCheckpoint(fetchCheckpoint('/models/demo/'));
 * ```
 */
export function fetchCheckpoint(baseUrl: string | URL): CheckpointSource {
  const text = String(baseUrl);
  const folder = text.endsWith('/') ? text : `${text}/`;
  return {
    async read(name, { expected, onBytes, signal } = {}) {
      const address = folder + name;
      const failWith = (remedy: string) => (got: string, options?: SofdErrorOptions) =>
        new CheckpointFormatError(`${where}: expected ${name} at ${address}, got ${got}; ${remedy}.`, options);
      const failAddress = failWith('check the address of the checkpoint folder');
      const failTransfer = failWith(
        'load it again, and if that does not help, put manifest.json and model.safetensors of one checkpoint on the server',
      );

      const response = await fetch(address, { signal: signal ?? null }).catch((cause: unknown) => {
        throwIfAborted(signal, where);
        throw failAddress(`no answer (${describeCause(cause)})`, { cause });
      });
      if (!response.ok) throw failAddress(`status ${response.status}`);
      // What servers of single-page apps answer at every address that they do not know.
      if (/^text\/html\b/i.test(response.headers.get('Content-Type') ?? '')) throw failAddress('a web page');
      if (expected && response.body) {
        const { bytes: size } = expected;
        return readStream(response.body, { size, onBytes, signal, where, fail: failTransfer });
      }
      const buffer = await response.arrayBuffer().catch((cause: unknown) => {
        throwIfAborted(signal, where);
        throw failTransfer(`an interruption (${describeCause(cause)})`, { cause });
      });
      return new Uint8Array(buffer);
    },
  };
}
