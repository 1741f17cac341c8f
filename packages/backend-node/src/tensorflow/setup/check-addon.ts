import type { Host } from './host.js';
import { lastLines, setupError } from './setup-error.js';

/** What a built addon says about itself. */
export interface AddonFacts {
  /** Of the TensorFlow that it loaded. */
  readonly version: string;
  /** Whether it computes on an NVIDIA card. */
  readonly gpu: boolean;
}

/** Multiplies [[1, 2], [3, 4]] by itself. In a process of its own: a library that does not fit may end it. */
const script = `
const addon = require(process.argv[1]);
const x = addon.createTensor([2, 2], addon.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const flag = (name) => ({ name, type: addon.TF_ATTR_BOOL, value: false });
const attrs = [{ name: 'T', type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT }, flag('transpose_a'), flag('transpose_b')];
const [y] = addon.executeOpHeld('MatMul', attrs, [x, x], 1);
const product = Array.from(addon.tensorDataSync(y.id));
console.log(JSON.stringify({ version: addon.TF_Version, gpu: addon.isUsingGpuDevice(), product }));`;

const knownProduct = [7, 10, 15, 22];

/**
 * Loads a built addon in another process and compares a product with the known one.
 *
 * @throws BackendUnavailableError when it does not load, or computes something else.
 */
export async function checkAddon(host: Host, addon: string, signal?: AbortSignal): Promise<AddonFacts> {
  const env = { TF_CPP_MIN_LOG_LEVEL: '3', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  const { status, stdout, stderr } = await host.run(process.execPath, ['-e', script, addon], { env, signal });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) throw loadError(stderr || stdout, status);
  const { version, gpu, product } = JSON.parse(line) as AddonFacts & { product: number[] };
  if (product.join() === knownProduct.join()) return { version, gpu };
  throw setupError({
    expected: `${knownProduct.join(' ')} from a known product`,
    got: product.join(' '),
    remedy: 'reinstall TensorFlow, or use `--engine native`.',
  });
}

/** The line in which the loader of libraries says what is missing. */
const loaderLine = /^.*(?:version `[^']+' not found|undefined symbol|cannot open shared object).*$/m;

function loadError(output: string, status: number | undefined) {
  const reason = loaderLine.exec(output)?.[0]?.trim();
  if (reason !== undefined && /GLIBCXX|CXXABI|undefined symbol/.test(reason))
    return setupError({
      expected: 'an addon of the same C++ ABI as this system and TensorFlow',
      got: `"${reason}"`,
      remedy: "name the system's own compiler with CXX (`CXX=/usr/bin/g++ npx sofd setup tensorflow --force`).",
    });
  const end = status === undefined ? 'a crash' : `exit code ${status}`;
  return setupError({
    expected: 'the built addon to load',
    got: reason === undefined ? `${end}: "${lastLines(output, 2)}"` : `"${reason}"`,
    remedy: 'check that `python -c "import tensorflow"` works there, then run this with --force.',
  });
}
