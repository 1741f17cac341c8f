import { join, resolve } from 'node:path';
import type { Host, RunOptions } from './host.js';
import { lastLines, setupError } from './setup-error.js';

/** A TensorFlow that pip installed. */
export interface InstalledTensorflow {
  /** The Python that has it. */
  readonly python: string;
  readonly version: string;
  /** The folder of its headers. */
  readonly include: string;
  /** The folder of its libraries. */
  readonly libraries: string;
  /** Whether it was built with the C++11 strings of libstdc++, which what is compiled against it has to be too. */
  readonly cxx11Abi: '0' | '1';
  /** The version of CUDA that it was built for; null for a build without. */
  readonly cuda: string | null;
}

/** The versions that were tried, from the first minor version to before the last. */
const tried = { from: 16, below: 22 };

/** Fast: looks for the package without loading it. */
const lookScript = `
import importlib.util, json, os, sys, sysconfig
spec = importlib.util.find_spec("tensorflow")
marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(json.dumps({
  "found": spec is not None and spec.origin is not None,
  "managed": sys.prefix == sys.base_prefix and os.path.exists(marker)}))`;

/** Loads TensorFlow, and so shows that it loads. */
const describeScript = `
import json
import tensorflow as tf
print(json.dumps({
  "version": tf.__version__,
  "include": tf.sysconfig.get_include(),
  "libraries": tf.sysconfig.get_lib(),
  "flags": tf.sysconfig.get_compile_flags(),
  "cuda": tf.sysconfig.get_build_info().get("cuda_version")}))`;

const quiet = { TF_CPP_MIN_LOG_LEVEL: '3' };

/**
 * Finds a Python with a TensorFlow that the addon can be built against.
 *
 * @param host - the machine.
 * @param options - `python` to ask only that one; otherwise the active environment's, `python3` and `python` are asked.
 * @throws BackendUnavailableError saying what to type to get one.
 */
export async function findTensorflow(
  host: Host,
  { python, signal }: { readonly python?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<InstalledTensorflow> {
  const present: { python: string; managed: boolean }[] = [];
  for (const candidate of python === undefined ? candidatesOf(host) : [locate(python)]) {
    const answer = await ask<{ found: boolean; managed: boolean }>(host, candidate, { script: lookScript, signal });
    if (!('value' in answer)) continue;
    if (answer.value.found) return describe(host, candidate, signal);
    present.push({ python: candidate, managed: answer.value.managed });
  }
  throw missingTensorflow(host, { asked: python, first: present[0] });
}

/** A path is taken as seen from here, a bare name is looked up in PATH. */
const locate = (python: string): string => (/[/\\]/.test(python) ? resolve(python) : python);

function candidatesOf({ env }: Host): string[] {
  const environments = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined && prefix !== '');
  return [...environments.map((prefix) => join(prefix as string, 'bin', 'python')), 'python3', 'python'];
}

async function ask<T>(
  host: Host,
  python: string,
  { script, signal }: { readonly script: string } & Pick<RunOptions, 'signal'>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  const { status, stdout, stderr } = await host.run(python, ['-c', script], { env: quiet, signal });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) return { failure: lastLines(stderr || stdout, 1) };
  return { value: JSON.parse(line) as T };
}

async function describe(host: Host, python: string, signal?: AbortSignal): Promise<InstalledTensorflow> {
  type Facts = Omit<InstalledTensorflow, 'python' | 'cxx11Abi'> & { readonly flags: readonly string[] };
  const answer = await ask<Facts>(host, python, { script: describeScript, signal });
  if (!('value' in answer))
    throw setupError({
      expected: `the TensorFlow of ${python} to load`,
      got: `"${answer.failure}"`,
      remedy: `reinstall it: \`${python} -m pip install --force-reinstall ${pipPackage(host)}\`.`,
    });
  const { version, include, libraries, cuda, flags } = answer.value;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== '2' || Number(minor) < tried.from || Number(minor) >= tried.below)
    throw setupError({
      expected: `TensorFlow 2.${tried.from} to 2.${tried.below - 1}, which the addon was tried with`,
      got: `${version} of ${python}`,
      remedy: `run \`${python} -m pip install ${pipPackage(host, `>=2.${tried.from},<2.${tried.below}`)}\`.`,
    });
  const library = join(libraries, 'libtensorflow_cc.so.2');
  if (!host.exists(library))
    throw setupError({
      expected: `${library}, which the packages of pip bring`,
      got: 'none',
      remedy: `install TensorFlow by pip into an environment of its own: \`${inEnvironment(host)}\`.`,
    });
  const cxx11Abi = flags.includes('-D_GLIBCXX_USE_CXX11_ABI=0') ? '0' : '1';
  return { python, version, include, libraries, cuda: cuda ?? null, cxx11Abi };
}

/** With CUDA where there is a card that it runs on. */
function pipPackage({ exists }: Host, version = ''): string {
  const name = exists('/proc/driver/nvidia') ? 'tensorflow[and-cuda]' : 'tensorflow-cpu';
  return /[[<]/.test(name + version) ? `'${name}${version}'` : name;
}

const inEnvironment = (host: Host): string =>
  `python3 -m venv tensorflow-env && tensorflow-env/bin/python -m pip install ${pipPackage(host)} && npx sofd setup tensorflow --python tensorflow-env/bin/python`;

function missingTensorflow(
  host: Host,
  {
    asked,
    first,
  }: { readonly asked: string | undefined; readonly first: { python: string; managed: boolean } | undefined },
) {
  const expected = 'a Python with TensorFlow';
  if (!first)
    return setupError({
      expected,
      got: asked === undefined ? 'no Python in PATH' : `no Python at ${asked}`,
      remedy: 'install Python 3.10 to 3.13, or name one with --python.',
    });
  const remedy = first.managed
    ? `the system manages that Python, so run \`${inEnvironment(host)}\`.`
    : `run \`${first.python} -m pip install ${pipPackage(host)}\`.`;
  return setupError({ expected, got: `none in ${first.python}`, remedy });
}
