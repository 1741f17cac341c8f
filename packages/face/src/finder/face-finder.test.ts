import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { BackendUnavailableError, createRandom, InvalidOptionError, ShapeMismatchError } from '@sofd/core';
import { countTensors, useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transformPoint, transformPoints } from '../geometry/affine.js';
import { cropFace } from '../geometry/face-crop.js';
import { warpAffine } from '../geometry/warp-affine.js';
import { decodeImage } from '../image/decode-image.js';
import type { PixelImage } from '../image/pixel-image.js';
import { resizeBicubic } from '../image/resize-bicubic.js';
import { drawRegionMask, type FaceRegion } from '../regions/draw-region-mask.js';
import { meshIndices, meshPointCount } from '../regions/mesh-indices.js';
import type { Face, FaceFinder } from './face.js';
import { createFaceFinder } from './face-finder.js';
import expected from './fixtures/sample6.json' with { type: 'json' };

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Faces that a person sees in each sample photograph, and roughly where: the middle of the face in pixels. */
const samples: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'sample1.jpg': [
    [510, 490],
    [935, 545],
    [1570, 330],
  ],
  'sample2.jpg': [
    [985, 365],
    [1545, 285],
  ],
  'sample3.jpg': [
    [695, 475],
    [1185, 370],
    [1580, 445],
  ],
  'sample4.jpg': [
    [330, 330],
    [750, 195],
    [1070, 310],
    [1360, 275],
  ],
  'sample5.jpg': [
    [475, 1030],
    [680, 555],
    [860, 230],
    [1200, 330],
    [1510, 540],
  ],
  'sample6.jpg': [
    [355, 640],
    [780, 490],
    [1270, 460],
    [1590, 425],
  ],
};

const middle = ({ box }: Face) => [box.x + box.width / 2, box.y + box.height / 2] as const;

let finder: FaceFinder;
let photo: PixelImage;
let found: Face[];

beforeAll(async () => {
  await useBackend(wasm());
  finder = await createFaceFinder();
  photo = await decodeImage(join(demo, 'sample6.jpg'));
  found = await finder.find(photo);
});
afterAll(() => finder.dispose());

/** The photograph's part around a face, with the face's box grown by a factor. */
function cutAround({ box }: Face, factor: number, size = 224): PixelImage {
  const side = Math.max(box.width, box.height) * factor;
  const scale = size / side;
  const [x, y] = [box.x + box.width / 2 - side / 2, box.y + box.height / 2 - side / 2];
  return warpAffine(photo, [scale, 0, -x * scale, 0, scale, -y * scale], { width: size, height: size });
}

/** The photograph with grey bars. */
function cover({ width, height, data }: PixelImage, bars: readonly Face['box'][]): PixelImage {
  const covered = data.slice();
  for (const bar of bars) {
    for (let y = Math.max(0, Math.round(bar.y)); y < Math.min(height, bar.y + bar.height); y++) {
      for (let x = Math.max(0, Math.round(bar.x)); x < Math.min(width, bar.x + bar.width); x++) {
        covered.fill(128, (y * width + x) * 3, (y * width + x) * 3 + 3);
      }
    }
  }
  return { width, height, data: covered };
}

describe('FaceFinder.find', () => {
  it.for(Object.entries(samples))('finds the faces of %s, each once and nothing else', async ([file, places]) => {
    const faces = await finder.find(await decodeImage(join(demo, file)));
    const unmatched = places.filter(
      ([x, y]) => faces.filter((face) => Math.hypot(middle(face)[0] - x, middle(face)[1] - y) < 60).length !== 1,
    );
    expect(unmatched).toEqual([]);
    expect(faces.length).toBe(places.length);
  });

  it('gives the largest face first, with landmarks in the order that the crop wants', () => {
    const areas = found.map(({ box }) => box.width * box.height);
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
    for (const { landmarks, mesh, box, quality } of found) {
      const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
      expect(leftEye[0]).toBeLessThan(rightEye[0]);
      expect(leftMouth[0]).toBeLessThan(rightMouth[0]);
      expect(nose[1]).toBeGreaterThan(Math.min(leftEye[1], rightEye[1]));
      expect(nose[1]).toBeLessThan(Math.max(leftMouth[1], rightMouth[1]));
      expect(mesh.length).toBe(meshPointCount * 2);
      expect(quality.size).toBeGreaterThan(box.width / 4);
      expect(quality.reasons).toEqual([]);
    }
  });

  it('gives the landmarks that the browser test expects too', () => {
    const distances = found.flatMap(({ landmarks }, face) =>
      landmarks.map(([x, y], i) => {
        const [wantedX, wantedY] = expected.landmarks[face]![i]!;
        return Math.hypot(x - wantedX!, y - wantedY!);
      }),
    );
    expect(found.length).toBe(expected.landmarks.length);
    // The fixture is rounded to 1e-3; the JPEG decoder and SIMD of another machine may move the last digits.
    expect(Math.max(...distances)).toBeLessThan(1e-2);
  });

  it('gives the same numbers again and leaves no tensors', async () => {
    const before = countTensors();
    expect(await finder.find(photo)).toEqual(found);
    expect(countTensors()).toBe(before);
  });

  it('finds a face that fills its image', async () => {
    for (const face of found) {
      for (const factor of [1, 1.2]) {
        const faces = await finder.find(cutAround(face, factor));
        expect(faces.length).toBe(1);
        // The landmarks are those of the photograph, to a tenth of the eye distance of about 90 pixels here.
        const scale = 224 / (Math.max(face.box.width, face.box.height) * factor);
        expect(Math.abs(faces[0]!.quality.size - face.quality.size * scale)).toBeLessThan(9);
      }
    }
  });

  it('finds faces turned by 40 degrees and gives the turn back in the landmarks', async () => {
    const face = found[0]!;
    const [x, y] = middle(face);
    const angle = (40 * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const turn = [cos, -sin, 300 - cos * x + sin * y, sin, cos, 300 - sin * x - cos * y] as const;
    const faces = await finder.find(warpAffine(photo, turn, { width: 600, height: 600 }));
    const expected = face.landmarks.map((point) => transformPoint(point, turn));
    const best = Math.min(
      ...faces.map(({ landmarks }) =>
        Math.max(...landmarks.map(([u, v], i) => Math.hypot(u - expected[i]![0], v - expected[i]![1]))),
      ),
    );
    // A tenth of the eye distance.
    expect(best).toBeLessThan(face.quality.size / 10);
  });

  it('keeps a face at the border and says so', async () => {
    const face = found[0]!;
    const cut = Math.round(face.box.x + face.box.width * 0.2);
    const part = warpAffine(photo, [1, 0, -cut, 0, 1, 0], { width: 600, height: photo.height });
    const atBorder = (await finder.find(part)).filter(({ quality }) => quality.reasons.includes('border'));
    expect(atBorder.length).toBe(1);
    expect(atBorder[0]!.quality.score).toBeLessThan(face.quality.score);
  });

  it('says what is wrong with small and blurred faces', async () => {
    const face = found[0]!;
    const tiny = resizeBicubic(cutAround(face, 2.5, 320), { width: 64, height: 64 });
    const [small] = await finder.find(resizeBicubic(tiny, { width: 64, height: 64 }));
    expect(small?.quality.reasons).toContain('small');
    const [blurred] = await finder.find(resizeBicubic(tiny, { width: 640, height: 640 }));
    expect(blurred?.quality.reasons).toContain('blurred');
  });

  it('says that a covered face is', async () => {
    const faces = await finder.find(
      cover(
        photo,
        found.map(({ box }) => ({ ...box, width: box.width / 2 })),
      ),
    );
    const covered = faces.filter(({ quality }) => quality.reasons.includes('occluded'));
    // The mesh model shrugs off some bars and rejects some faces for others.
    expect(covered.length).toBeGreaterThan(0);
    for (const face of covered) expect(face.score).toBeLessThan(0.98);
  });

  it('finds nothing where there is no face', async () => {
    const random = createRandom('no face');
    const size = { width: 640, height: 480 };
    const noise = { ...size, data: Uint8Array.from({ length: 640 * 480 * 3 }, () => random.integer(256)) };
    const flat = { ...size, data: new Uint8Array(640 * 480 * 3).fill(128) };
    const dot = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) };
    const line = { width: 900, height: 2, data: new Uint8Array(5400) };
    for (const image of [noise, flat, dot, line]) expect(await finder.find(image)).toEqual([]);
  });

  it('keeps to maxFaces', async () => {
    const one = await createFaceFinder({ maxFaces: 1 });
    expect(await one.find(photo)).toEqual(found.slice(0, 1));
    one.dispose();
  });

  it('refuses pixels that contradict their size', async () => {
    await expect(finder.find({ width: 2, height: 2, data: new Uint8Array(3) })).rejects.toThrowError(
      ShapeMismatchError,
    );
  });
});

describe('FaceFinder.describe', () => {
  it('tells one person from others, and leaves no tensors', async () => {
    await finder.describe(photo, found[0]!);
    const before = countTensors();
    const cosine = (a: Float32Array, b: Float32Array) => {
      const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, value, i) => sum + value * q[i]!, 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    const all = await Promise.all(found.map((face) => finder.describe(photo, face)));
    const again = cutAround(found[0]!, 1.6, 300);
    const [same] = await finder.find(again);
    const { descriptor, age } = await finder.describe(again, same!);
    const [own, ...others] = all.map((other) => cosine(descriptor, other.descriptor));
    expect(descriptor.length).toBe(1024);
    expect(own!).toBeGreaterThan(0.9);
    expect(Math.max(...others)).toBeLessThan(own! - 0.2);
    // Four adults.
    for (const value of [age, ...all.map((other) => other.age)]) expect(value).toBeGreaterThan(18);
    // Four women.
    for (const { femaleProbability } of all) expect(femaleProbability).toBeGreaterThan(0.5);
    expect(countTensors()).toBe(before);
  });

  it('tells smiles from a serious face, in probabilities', async () => {
    const all = await Promise.all(found.map((face) => finder.describeExpression(photo, face)));
    const before = countTensors();
    expect(await finder.describeExpression(photo, found[0]!)).toEqual(all[0]);
    expect(countTensors()).toBe(before);
    for (const probabilities of all) {
      // Softmax in float32.
      expect(Math.abs(Object.values(probabilities).reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-5);
    }
    const happiest = all.map((probabilities) =>
      Object.entries(probabilities).reduce((best, entry) => (entry[1] > best[1] ? entry : best)),
    );
    const smiles = found.map((face) => !(Math.abs(middle(face)[0] - 1270) < 60));
    expect(happiest.map(([name]) => name === 'happiness')).toEqual(smiles);
  });
});

describe('drawRegionMask on a found face', () => {
  const size = { width: 317, height: 317 };
  const covers: Readonly<Record<FaceRegion, readonly number[]>> = {
    eyes: [...meshIndices.leftEye, ...meshIndices.rightEye],
    'left-eye': meshIndices.leftEye,
    'right-eye': meshIndices.rightEye,
    eyebrow: [...meshIndices.leftEyebrow, ...meshIndices.rightEyebrow],
    mouth: meshIndices.lipsOuter,
    lip: meshIndices.lipsOuter,
    'inner-mouth': [13, 14],
    nose: meshIndices.nose,
    skin: [50, 280],
    face: [50, 280, 195],
  };

  it.for(Object.entries(covers))('%s covers its points and little else', async ([region, indices]) => {
    const face = found[0]!;
    const mesh = transformPoints(face.mesh, cropFace(photo, face.landmarks).matrix);
    const mask = drawRegionMask(mesh, region as FaceRegion, size);
    for (const index of indices) {
      const at = Math.round(mesh[2 * index + 1]!) * size.width + Math.round(mesh[2 * index]!);
      expect(mask.data[at]).toBeGreaterThan(0.3);
    }
    expect(mask.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const share = mask.data.reduce((sum, value) => sum + value, 0) / mask.data.length;
    expect(share).toBeGreaterThan(region === 'inner-mouth' ? 0.002 : 0.005);
    expect(share).toBeLessThan(region === 'skin' || region === 'face' ? 0.45 : 0.12);
    // The nose's bridge belongs to the skin, the nose and the whole face only.
    const bridge = Math.round(mesh[2 * 195 + 1]!) * size.width + Math.round(mesh[2 * 195]!);
    if (['skin', 'nose', 'face'].includes(region)) expect(mask.data[bridge]).toBeGreaterThan(0.9);
    else expect(mask.data[bridge]).toBeLessThan(0.5);
  });

  it('varies with a random source, the same for the same seed', () => {
    const mesh = transformPoints(found[0]!.mesh, cropFace(photo, found[0]!.landmarks).matrix);
    const draw = (seed: number) => drawRegionMask(mesh, 'nose', { ...size, random: createRandom(seed) });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('refuses too few points', () => {
    expect(() => drawRegionMask(new Float32Array(10), 'nose', size)).toThrowError(ShapeMismatchError);
  });
});

describe('createFaceFinder', () => {
  it('frees everything when disposed of, and refuses to work after', async () => {
    const before = countTensors();
    const other = await createFaceFinder();
    await other.describe(photo, found[0]!);
    expect(countTensors()).toBeGreaterThan(before);
    other.dispose();
    other.dispose();
    // The describing model is freed when its loading is known to be over: a turn later.
    await Promise.resolve();
    expect(countTensors()).toBe(before);
    await expect(other.find(photo)).rejects.toThrowError(/disposed of/);
    await expect(other.describe(photo, found[0]!)).rejects.toThrowError(BackendUnavailableError);
  });

  it('refuses unknown options and missing model files', async () => {
    await expect(createFaceFinder({ maxFace: 1 } as never)).rejects.toThrowError(InvalidOptionError);
    await expect(createFaceFinder({ minScore: 2 })).rejects.toThrowError(InvalidOptionError);
    await expect(createFaceFinder({ assets: '/nowhere' })).rejects.toThrowError(BackendUnavailableError);
    await expect(createFaceFinder({ assets: '/nowhere' })).rejects.toThrowError(/blazeface\.\w+ in \/nowhere\//);
  });
});
