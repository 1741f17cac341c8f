import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** A program that others wrote, or the reason why it is not here and how to get it. */
export type Peer = { readonly path: string } | { readonly absent: string };

/** What the engines are held against. */
export type EnginePeerName = 'python' | 'npm';

/** What can be installed. */
export type PeerName = EnginePeerName | 'mediapipe';

interface Recipe {
  /** The tool that installs, and what it installs. */
  readonly packages: readonly string[];
  readonly size: string;
  readonly needs: string;
  install(folder: string, packages: readonly string[]): Promise<unknown>;
  /** In the folder, what others start or read. */
  readonly entry: string;
}

/** MKL has packages for these. */
const hasMkl = process.platform === 'linux' && process.arch === 'x64';

async function installPython(folder: string, packages: readonly string[]): Promise<void> {
  await runCommand('python3', ['-m', 'venv', folder]);
  await runCommand(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
}

const recipes: Readonly<Record<PeerName, Recipe>> = {
  python: {
    // MKL is inside PyTorch too; on its own it is what `native` computes with, on Intel's processors.
    packages: ['torch==2.15.0', 'numpy==2.4.6', 'onnx==1.23.2', ...(hasMkl ? ['mkl==2026.2.0'] : [])],
    // The wheel for Linux links CUDA, so pip brings NVIDIA's libraries along, and without them torch does not load.
    size: 'about 2.5 GB to fetch and 6 GB on disk on Linux, 0.3 GB elsewhere',
    needs: 'Python 3.11 or newer as `python3`, with pip and venv',
    install: installPython,
    entry: join('bin', 'python'),
  },
  mediapipe: {
    // The last line of releases whose wheels hold the face models; later ones fetch them when they run.
    packages: ['mediapipe==0.10.21', 'opencv-contrib-python==4.11.0.86', 'numpy==1.26.4'],
    size: 'about 0.3 GB to fetch and 1 GB on disk',
    needs: 'Python 3.11 or 3.12 as `python3`, with pip and venv',
    install: installPython,
    entry: join('bin', 'python'),
  },
  npm: {
    packages: ['onnxruntime-node@1.30.0', 'onnxruntime-web@1.30.0', 'node@24.21.0'],
    size: 'about 150 MB to fetch and 0.6 GB on disk',
    needs: 'npm',
    async install(folder, packages) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
      // The install script of onnxruntime-node would fetch CUDA libraries.
      const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
      await runCommand('npm', ['install', '--save-exact', '--no-audit', '--no-fund', ...packages], {
        env,
        cwd: folder,
      });
    },
    entry: 'node_modules',
  },
};

/**
 * Finds peers in the cache folder, and installs them there when they are missing.
 *
 * @param name - which.
 * @param folder - the cache folder.
 * @param options - `install` false only looks; `log` is told before anything is fetched.
 */
export async function providePeer(
  name: PeerName,
  folder: string,
  { install, log }: { readonly install: boolean; log(line: string): void },
): Promise<Peer> {
  const { packages, size, needs, entry, ...recipe } = recipes[name];
  const place = join(folder, name);
  // Written last, so that what an interrupted installation left is not taken for whole.
  const stamp = join(place, `installed ${packages.join(' ')}`.replaceAll('==', '-').replaceAll('@', '-'));
  if (existsSync(stamp)) return { path: join(place, entry) };
  const wanted = packages.join(', ');
  if (!install) return { absent: `${wanted} not installed; run without --no-install (${size})` };
  log(`installing ${wanted} into ${place}: ${size}; this happens once.`);
  try {
    await rm(place, { recursive: true, force: true });
    await recipe.install(place, packages);
    await writeFile(stamp, '');
    return { path: join(place, entry) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { absent: `${wanted} could not be installed (${reason}); it needs ${needs}, and a package registry` };
  }
}
