import type { Host } from './host.js';
import { setupError } from './setup-error.js';

const otherwise = 'use `--engine native`, which is the fast one there.';

/**
 * Checks that the addon can be built for this kind of machine.
 *
 * @throws BackendUnavailableError saying why not.
 */
export function assertPlatform({
  platform,
  architecture,
  glibc,
}: Pick<Host, 'platform' | 'architecture' | 'glibc'>): void {
  const expected = 'Linux on x64 with glibc';
  const refuse = (got: string) => setupError({ expected, got, remedy: otherwise });
  if (platform === 'darwin') throw refuse('macOS, for which TensorFlow has no CUDA');
  if (platform === 'win32')
    throw setupError({
      expected,
      got: 'Windows, for which pip has no TensorFlow with CUDA',
      remedy: 'run sofd in the Windows Subsystem for Linux, or use `--engine native`.',
    });
  if (platform !== 'linux') throw refuse(platform);
  if (architecture !== 'x64') throw refuse(`Linux on ${architecture}, for which pip has no TensorFlow with CUDA`);
  if (glibc === undefined)
    throw setupError({
      expected,
      got: 'Linux with another C library (musl, as on Alpine), for which pip has no TensorFlow',
      remedy: 'use an image with glibc, such as `node:20-bookworm`, or `--engine native`.',
    });
}
