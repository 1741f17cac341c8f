import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InstalledTfjsNode } from '../addon/tfjs-node-package.js';
import type { InstalledTensorflow } from './find-tensorflow.js';
import type { Host } from './host.js';
import { lastLines, setupError } from './setup-error.js';

const require = createRequire(import.meta.url);

/** The Node-API that the binding asks for; every Node since 16 has it. */
export const napiVersion = 8;

/** A C++ compiler. */
export interface Compiler {
  readonly command: string;
  /** Its first line about itself, which names its version. */
  readonly version: string;
}

/**
 * Finds the C++ compiler: `CXX`, else g++, c++ or clang++.
 *
 * @throws BackendUnavailableError saying how to install one.
 */
export async function findCompiler(host: Host): Promise<Compiler> {
  const names = host.env.CXX ? [host.env.CXX] : ['g++', 'c++', 'clang++'];
  for (const command of names) {
    const { status, stdout } = await host.run(command, ['--version']);
    if (status === 0) return { command, version: stdout.split('\n')[0]?.trim() ?? '' };
  }
  throw setupError({
    expected: 'a C++ compiler',
    got: host.env.CXX ? `none at ${host.env.CXX}, which CXX names` : 'none',
    remedy: 'install one: `apt-get install g++`, or the gcc-c++ package of your distribution.',
  });
}

/** What {@link compileAddon} compiles. */
export interface Compilation {
  readonly compiler: Compiler;
  readonly tfjs: InstalledTfjsNode;
  readonly tensorflow: InstalledTensorflow;
  /** Our part of the source. */
  readonly source: string;
  /** The file to write. */
  readonly output: string;
}

/**
 * Compiles tfjs's binding against a TensorFlow where it lies, and our part of the addon with it.
 *
 * @throws BackendUnavailableError with the compiler's last words.
 */
export async function compileAddon(host: Host, compilation: Compilation, signal?: AbortSignal): Promise<void> {
  const { compiler, tfjs, tensorflow } = compilation;
  const { status, stderr } = await host.run(compiler.command, compilerArguments(compilation), { signal });
  if (status === 0) return;
  throw setupError({
    expected: `${compiler.version} to compile the binding of @tensorflow/${tfjs.name} against TensorFlow ${tensorflow.version}`,
    got: `"${lastLines(stderr, 3)}"`,
    remedy: 'install g++ 9 or newer and name it with CXX.',
  });
}

function compilerArguments({ tfjs, tensorflow, source, output }: Compilation): string[] {
  const { include_dir: nodeHeaders } = require('node-api-headers') as { include_dir: string };
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w'],
    ...[`-DNAPI_VERSION=${napiVersion}`, `-D_GLIBCXX_USE_CXX11_ABI=${tensorflow.cxx11Abi}`],
    ...['-I', nodeHeaders, '-I', tfjs.folder, '-I', join(tfjs.folder, 'binding'), '-isystem', tensorflow.include],
    ...[join(tfjs.folder, 'binding', 'tfjs_backend.cc'), source],
    ...['-L', tensorflow.libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    // TensorFlow's libraries find CUDA's beside them, wherever pip put them.
    `-Wl,-rpath,${tensorflow.libraries}`,
    ...['-o', output],
  ];
}
