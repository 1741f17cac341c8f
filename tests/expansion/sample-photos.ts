import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const samples = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Copies two photographs of seven faces, those of five people, to a new folder. */
export function copySamplePhotos(folder: string): void {
  mkdirSync(folder);
  for (const name of ['sample1.jpg', 'sample4.jpg']) copyFileSync(join(samples, name), join(folder, name));
}
