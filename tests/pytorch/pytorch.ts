import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, faceForensics as graph } from '@sofd/core';
import { type ClipTokenizerConfig, deriveClipTokenizer } from '@sofd/model';

const script = fileURLToPath(new URL('clip.py', import.meta.url));
const python = process.env.SOFD_TORCH_PYTHON ?? 'python3';
const hasTorch =
  spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is None)']).status === 0;

/** Why these tests cannot run; empty where they can. */
export const reason = hasTorch
  ? ''
  : ` (skipped: ${python} has no torch; SOFD_TORCH_PYTHON names an interpreter that has)`;

if (reason) process.stderr.write(`Parity with PyTorch${reason}\n`);

/** A model that the script writes, and what it is given. */
export interface ModelSize {
  readonly name: 'tiny' | 'ViT-B/32';
  /** Pixels. */
  readonly side: number;
  readonly contextLength: number;
  readonly tokenizer: ClipTokenizerConfig;
}

/** Small enough for many steps; its tokenizer gives sentence k the ids 1 to k + 1. */
export const tiny: ModelSize = {
  name: 'tiny',
  side: 48,
  contextLength: 20,
  tokenizer: {
    kind: 'clip',
    size: 40,
    sentences: Object.fromEntries(
      graph.prompts.map((prompt, k) => [prompt, [38, ...Array.from({ length: k + 1 }, (_, i) => i + 1), 39]]),
    ),
  },
};

/** The published size with the published ids. */
export const vitB32: ModelSize = {
  name: 'ViT-B/32',
  side: 224,
  contextLength: 77,
  tokenizer: deriveClipTokenizer(graph.prompts),
};

/** A folder in which PyTorch and a test leave each other files. */
export interface SharedFolder {
  path(name: string): string;
  write(name: string, data: Float32Array | Uint8Array | string): void;
  /** Writes a file part by part: one of them at a time is in memory. */
  writeParts(name: string, parts: Iterable<Uint8Array>): void;
  readFloats(name: string): Float32Array;
  readJson(name: string): unknown;
  /** Runs a command of the script on this folder. */
  run(command: 'write' | 'logits' | 'train' | 'compare', ...args: string[]): void;
  remove(): void;
}

/** Makes a folder with random weights from PyTorch, and with images and the padded token ids of the prompts for both. */
export function createSharedFolder({ name, side, contextLength, tokenizer }: ModelSize, count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'sofd-pytorch-'));
  const path = (file: string) => join(folder, file);
  const random = createRandom('pytorch');
  const images = Float32Array.from({ length: count * side ** 2 * 3 }, () => random.normal());
  const tokens = new Int32Array(graph.prompts.length * contextLength);
  for (const [row, prompt] of graph.prompts.entries()) tokens.set(tokenizer.sentences[prompt]!, row * contextLength);
  const shared: SharedFolder = {
    path,
    write: (file, data) => writeFileSync(path(file), data),
    writeParts(file, parts) {
      writeFileSync(path(file), '');
      for (const part of parts) appendFileSync(path(file), part);
    },
    readFloats: (file) => new Float32Array(new Uint8Array(readFileSync(path(file))).buffer),
    readJson: (file) => JSON.parse(readFileSync(path(file), 'utf8')),
    run(command, ...args) {
      const { status, stderr } = spawnSync(python, [script, command, folder, ...args], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
  shared.write('images.f32', images);
  shared.write('tokens.i32', new Uint8Array(tokens.buffer));
  shared.run('write', name);
  return { shared, images };
}

/** The largest difference of two lists of logits, as a part of the largest logit. */
export function compareLogits(ours: Float32Array, theirs: Float32Array): number {
  const largest = theirs.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  return ours.length === theirs.length
    ? ours.reduce((most, logit, index) => Math.max(most, Math.abs(logit - theirs[index]!)), 0) / largest
    : Number.NaN;
}
