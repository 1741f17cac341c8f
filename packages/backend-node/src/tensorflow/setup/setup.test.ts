import { AbortedError, BackendUnavailableError, InvalidOptionError } from '@sofd/core';
import { describe, expect, test } from 'vitest';
import { assertPlatform } from './assert-platform.js';
import { checkAddon } from './check-addon.js';
import { type Compilation, compileAddon, findCompiler } from './compile-addon.js';
import { findTensorflow } from './find-tensorflow.js';
import { type CommandResult, type Host, thisHost } from './host.js';
import { addonKey, setUpOn } from './set-up-tensorflow.js';

type Answer = Partial<CommandResult> | undefined;

/** A Linux machine on which each program answers what the test says, and all others are missing. */
function createHost(answers: Record<string, (args: readonly string[]) => Answer> = {}, changes: Partial<Host> = {}) {
  const calls: string[] = [];
  const host: Host = {
    platform: 'linux',
    architecture: 'x64',
    glibc: '2.36',
    env: {},
    exists: (path) => path.endsWith('libtensorflow_cc.so.2'),
    async run(command, args) {
      calls.push(command);
      const answer = answers[command]?.(args);
      return answer
        ? { status: 0, stdout: '', stderr: '', ...answer }
        : { status: undefined, stdout: '', stderr: 'ENOENT' };
    },
    ...changes,
  };
  return { host, calls };
}

const facts = {
  version: '2.21.0',
  include: '/tf/include',
  libraries: '/tf',
  flags: ['-I/tf/include', '-D_GLIBCXX_USE_CXX11_ABI=1'],
  cuda: '12.5',
};

/** A Python, with or without TensorFlow. */
const python =
  (tensorflow: Partial<typeof facts> | undefined, managed = false) =>
  ([, script = '']: readonly string[]): Answer => {
    if (script.includes('find_spec')) return { stdout: JSON.stringify({ found: tensorflow !== undefined, managed }) };
    return { stdout: `a warning\n${JSON.stringify({ ...facts, ...tensorflow })}\n` };
  };

const nvidia: Partial<Host> = { exists: (path) => path === '/proc/driver/nvidia' };

describe('the platform', () => {
  test.each([
    [{ platform: 'darwin' }, /got macOS.*--engine native/],
    [{ platform: 'win32' }, /got Windows.*Subsystem for Linux/],
    [{ platform: 'freebsd' }, /got freebsd/],
    [{ architecture: 'arm64' }, /got Linux on arm64.*--engine native/],
    [{ glibc: undefined }, /musl.*node:20-bookworm/],
  ] as const)('%j is refused with a remedy', (changes, sentence) => {
    const { host } = createHost({}, changes as Partial<Host>);
    expect(() => assertPlatform(host)).toThrow(BackendUnavailableError);
    expect(() => assertPlatform(host)).toThrow(sentence);
  });

  test('Linux on x64 with glibc is accepted', () => {
    expect(() => assertPlatform(createHost().host)).not.toThrow();
  });
});

describe('the search for TensorFlow', () => {
  test('takes the first Python that has it: the active environment, then python3, then python', async () => {
    const env = { VIRTUAL_ENV: '/venv', CONDA_PREFIX: '/conda' };
    const { host, calls } = createHost({ '/venv/bin/python': python(undefined), python3: python({}) }, { env });
    expect(await findTensorflow(host)).toEqual({
      python: 'python3',
      version: '2.21.0',
      include: '/tf/include',
      libraries: '/tf',
      cxx11Abi: '1',
      cuda: '12.5',
    });
    expect(calls).toEqual(['/venv/bin/python', '/conda/bin/python', 'python3', 'python3']);
  });

  test('asks only the Python that is named', async () => {
    const { host, calls } = createHost({ '/mine/python': python({}), python3: python({}) });
    expect((await findTensorflow(host, { python: '/mine/python' })).python).toBe('/mine/python');
    expect(new Set(calls)).toEqual(new Set(['/mine/python']));
  });

  test.each([
    ['without Python', {}, {}, 'no Python in PATH; install Python'],
    ['without TensorFlow', { python3: python(undefined) }, {}, 'run `python3 -m pip install tensorflow-cpu`.'],
    ['with a card', { python3: python(undefined) }, nvidia, "run `python3 -m pip install 'tensorflow[and-cuda]'`."],
    ['in a managed Python', { python3: python(undefined, true) }, {}, 'run `python3 -m venv tensorflow-env && '],
    ['too old', { python3: python({ version: '2.15.1' }) }, {}, "pip install 'tensorflow-cpu>=2.16,<2.22'`"],
    [
      'too new',
      { python3: python({ version: '2.22.0' }) },
      {},
      'TensorFlow 2.16 to 2.21, which the addon was tried with',
    ],
    [
      'of another packager',
      { python3: python({}) },
      { exists: () => false },
      'libtensorflow_cc.so.2, which the packages of pip',
    ],
  ] as const)('%s says what to type', async (_, answers, changes, sentence) => {
    const attempt = findTensorflow(createHost(answers, changes).host);
    await expect(attempt).rejects.toBeInstanceOf(BackendUnavailableError);
    await expect(attempt).rejects.toThrow(sentence);
  });

  test('says why TensorFlow does not load', async () => {
    const broken = ([, script = '']: readonly string[]): Answer =>
      script.includes('find_spec')
        ? { stdout: '{"found": true, "managed": false}' }
        : { status: 1, stderr: 'Traceback\nImportError: numpy.core is missing\n' };
    await expect(findTensorflow(createHost({ python3: broken }).host)).rejects.toThrow(
      'expected the TensorFlow of python3 to load, got "ImportError: numpy.core is missing"; reinstall it',
    );
  });
});

const compilation: Compilation = {
  compiler: { command: 'g++', version: 'g++ 12.2.0' },
  tfjs: { name: 'tfjs-node-gpu', version: '4.22.0', folder: '/npm/tfjs-node-gpu' },
  tensorflow: { ...facts, python: 'python3', cxx11Abi: '0' },
  source: '/cache/addon.cc',
  output: '/cache/tfjs_binding.node',
};

describe('the compilation', () => {
  test('takes the first compiler that answers, or the one of CXX', async () => {
    const { host } = createHost({ 'c++': () => ({ stdout: 'c++ 13\nfree software\n' }) });
    expect(await findCompiler(host)).toEqual({ command: 'c++', version: 'c++ 13' });
    const chosen = { ...host, env: { CXX: 'g++-99' } };
    await expect(findCompiler(chosen)).rejects.toThrow('none at g++-99, which CXX names');
  });

  test('says how to get a compiler', async () => {
    await expect(findCompiler(createHost().host)).rejects.toThrow(
      'a C++ compiler, got none; install one: `apt-get install g++`',
    );
  });

  test('compiles for the strings of that TensorFlow, and finds its libraries again', async () => {
    let got: readonly string[] = [];
    const compiler = (args: readonly string[]) => {
      got = args;
      return {};
    };
    await compileAddon(createHost({ 'g++': compiler }).host, compilation);
    expect(got).toEqual(
      expect.arrayContaining([
        '-D_GLIBCXX_USE_CXX11_ABI=0',
        '-Wl,-rpath,/tf',
        '/npm/tfjs-node-gpu/binding/tfjs_backend.cc',
        '/cache/addon.cc',
      ]),
    );
  });

  test('gives the last words of the compiler', async () => {
    const fails = () => ({ status: 1, stderr: 'note\nerror: unknown option -std=c++17\n' });
    await expect(compileAddon(createHost({ 'g++': fails }).host, compilation)).rejects.toThrow(
      'got "note | error: unknown option -std=c++17"; install g++ 9 or newer',
    );
  });
});

describe('the check of the addon', () => {
  const answer = (result: Answer) => createHost({ [process.execPath]: () => result }).host;

  test('passes on what the addon says', async () => {
    const stdout = '{"version":"2.21.0","gpu":true,"product":[7,10,15,22]}\n';
    expect(await checkAddon(answer({ stdout }), 'addon')).toEqual({ version: '2.21.0', gpu: true });
  });

  test.each([
    [
      { stdout: '{"version":"2.21.0","gpu":false,"product":[7,10,15,21]}' },
      'expected 7 10 15 22 from a known product, got 7 10 15 21',
    ],
    [
      {
        status: 1,
        stderr: "throw\nError: /lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by addon)\n at x",
      },
      'the same C++ ABI as this system and TensorFlow, got "Error: /lib/libstdc++.so.6: version `GLIBCXX_3.4.32\' not found',
    ],
    [{ status: 1, stderr: 'Error: addon: undefined symbol: TFE_NewOp' }, 'the same C++ ABI'],
    [
      { status: 1, stderr: 'Error: libtensorflow_cc.so.2: cannot open shared object file' },
      'the built addon to load, got "Error: libtensorflow_cc',
    ],
    [{ status: undefined, stderr: '' }, 'the built addon to load, got a crash'],
  ] as const)('refuses %j', async (result, sentence) => {
    await expect(checkAddon(answer(result), 'addon')).rejects.toThrow(sentence);
  });
});

describe('the set-up', () => {
  test('keeps a build for everything that it depends on', () => {
    const ingredients = {
      tfjs: compilation.tfjs,
      tensorflow: compilation.tensorflow,
      compiler: compilation.compiler,
      architecture: 'x64',
    };
    const library = { path: '/tf/libtensorflow_cc.so.2', bytes: 1, modifiedMs: 1 };
    const keyOf = (changes: Partial<typeof ingredients>) => addonKey({ ...ingredients, ...changes }, library);
    const keys = [
      keyOf({}),
      keyOf({ architecture: 'arm64' }),
      keyOf({ compiler: { command: 'g++', version: 'g++ 13' } }),
      keyOf({ tfjs: { ...compilation.tfjs, name: 'tfjs-node' } }),
      keyOf({ tensorflow: { ...ingredients.tensorflow, cxx11Abi: '1' } }),
      addonKey(ingredients, { ...library, bytes: 2 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toMatch(/^tfjs-node-gpu-4\.22\.0-tensorflow-2\.21\.0-x64-[0-9a-f]{12}$/);
    expect(keyOf({})).toBe(keys[0]);
  });

  test('refuses an unknown package', async () => {
    const attempt = setUpOn(createHost().host, { package: 'tfjs' as 'tfjs-node' });
    await expect(attempt).rejects.toBeInstanceOf(InvalidOptionError);
  });

  test('can be stopped', async () => {
    const controller = new AbortController();
    const attempt = thisHost().run(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {
      signal: controller.signal,
    });
    controller.abort();
    await expect(attempt).rejects.toBeInstanceOf(AbortedError);
  });

  test('reports a program that is not there', async () => {
    expect(await thisHost().run('/no/such/program', [])).toMatchObject({ status: undefined });
  });
});
