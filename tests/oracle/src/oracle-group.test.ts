import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { oracleGroup } from './index.js';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const { findGroups } = (await import(new URL('../../../tools/oracle.mjs', import.meta.url).href)) as {
  findGroups: (folder: string) => string[];
};
const fixtureGroups = findGroups(fixtures);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sofd-oracle-test-'));
  vi.stubEnv('SOFD_ORACLE', folder);
  vi.stubEnv('SOFD_ORACLE_ONLY', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function writeGroup(name: string, dtype: string, bytes: Uint8Array, shape: readonly number[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  const arrays = { x: { file: 'x.bin', dtype, shape, tolerance: 'abs 1e-6' }, 'u8/y': { file: 'x.bin', dtype, shape } };
  writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify({ group: name, arrays, files: {} }));
  writeFileSync(join(folder, name, 'x.bin'), bytes);
  writeFileSync(join(folder, name, 'x.json'), '{"a":["NaN",1,{"b":"-Infinity"}],"text":"Infinity"}');
}
const bytesOf = (array: Float64Array | Uint16Array | Int32Array) => new Uint8Array(array.buffer);

describe('oracleGroup', () => {
  it.each([
    ['float64', Float64Array.of(1.5, Number.NaN)],
    ['f64', Float64Array.of(1.5, 2)],
    ['uint16', Uint16Array.of(1, 65535)],
    ['i32', Int32Array.of(-1, 2)],
  ])('reads %s as its manifest says', (dtype, numbers) => {
    writeGroup('deep/group', dtype, bytesOf(numbers), [2, 1]);
    const group = oracleGroup('deep/group')!;
    expect(group.array('x')).toMatchObject({ shape: [2, 1], data: numbers });
    expect(group).toMatchObject({ name: 'deep/group', origin: 'full' });
    expect(group.arrayNames(/^u8\//)).toEqual(['u8/y']);
    expect(group.tolerance('x')).toEqual({ absolute: 1e-6, relative: 0 });
    expect(group.bytes('x.bin')).toEqual(bytesOf(numbers));
  });

  it('revives numbers in JSON unless they are texts', () => {
    writeGroup('g', 'f64', new Uint8Array(8), [1]);
    const group = oracleGroup('g')!;
    expect(group.json('x.json')).toEqual({ a: [Number.NaN, 1, { b: -Infinity }], text: Infinity });
    expect(group.json('x.json', { texts: true })).toEqual({ a: ['NaN', 1, { b: '-Infinity' }], text: 'Infinity' });
  });

  it('refuses an array that is not there, not whole or of an unknown type', () => {
    writeGroup('g', 'float64', new Uint8Array(16), [3]);
    expect(() => oracleGroup('g')!.array('x')).toThrow('2 numbers, its shape [3] 3');
    expect(() => oracleGroup('g')!.array('z')).toThrow('expected an array "z"');
    expect(() => oracleGroup('g')!.tolerance('u8/y')).toThrow('expected a tolerance');
    writeGroup('g', 'float128', new Uint8Array(16), [1]);
    expect(() => oracleGroup('g')!.array('x')).toThrow('unknown type float128');
  });

  it('takes the full group before the fixtures, and the fixtures only if they may stand in', () => {
    expect(oracleGroup('label_graph')?.origin).toBe('fixtures');
    vi.stubEnv('SOFD_ORACLE_ONLY', '1');
    expect(oracleGroup('label_graph')).toBeNull();
    writeGroup('label_graph', 'f64', new Uint8Array(8), [1]);
    expect(oracleGroup('label_graph')?.origin).toBe('full');
  });

  it('has nothing for a group that nobody has', () => {
    expect(oracleGroup('no_such_group')).toBeNull();
  });
});

describe('the committed fixtures', () => {
  it('are the groups that are tested, in 6 MB at most', () => {
    expect(fixtureGroups).toEqual([
      'clip_b32_shapes',
      'clip_tiny/B_formats',
      'distortions',
      'fidelity',
      'label_graph',
      'metrics',
      'norm_crop',
      'preprocess',
      'tokenizer',
    ]);
    const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).map((file) =>
      statSync(join(fixtures, file)),
    );
    expect(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)).toBeLessThan(6e6);
  });

  it.each(fixtureGroups)('%s holds exactly what its manifest lists, unharmed', (name) => {
    const group = oracleGroup(name)!;
    for (const array of group.arrayNames(/./)) expect(() => group.array(array)).not.toThrow();
    for (const [file, { bytes, sha256 }] of Object.entries(group.manifest.files)) {
      expect(group.bytes(file)).toHaveLength(bytes);
      expect(createHash('sha256').update(group.bytes(file)).digest('hex')).toBe(sha256);
    }
    const listed = [
      ...Object.values(group.manifest.arrays).map(({ file }) => file),
      ...Object.keys(group.manifest.files),
    ];
    const present = readdirSync(group.folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => statSync(join(group.folder, file)).isFile());
    expect(present.sort()).toEqual([...listed, 'README.md', 'manifest.json'].sort());
  });

  it('keep the decoded pixels of every JPEG', () => {
    const images = readdirSync(join(fixtures, 'preprocess', 'images')).filter((file) => file.endsWith('.jpg'));
    expect(images.length).toBeGreaterThan(0);
    for (const file of images)
      expect(existsSync(join(fixtures, 'preprocess', 'images', file.replace('.jpg', '.decoded.png')))).toBe(true);
  });
});
