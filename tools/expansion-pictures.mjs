// Makes the pictures of docs/concepts/expansion.md from the photographs of an npm package: `node tools/expansion-pictures.mjs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const load = (name) => import(pathToFileURL(join(root, 'packages', name, 'dist', 'index.js')).href);
const [{ useBackend }, { wasm }, { createRandom }, face, { allExpansionModes, corruptions }] = await Promise.all(
  ['tensor', 'backend-wasm', 'core', 'face', 'dataset'].map(load),
);
const { createFaceFinder, cropFace, decodeImage, encodeJpeg, resizeBicubic, transformPoints } = face;

const requireFromDataset = createRequire(join(root, 'packages', 'dataset', 'package.json'));
const photo = join(dirname(requireFromDataset.resolve('@vladmandic/face-api/package.json')), 'demo', 'sample6.jpg');
const output = join(root, 'docs', 'images', 'expansion');
const seed = 6;
/** Side of one picture, pixels: sharp in half the width of a page on a phone. */
const side = 208;

/** The faces of the photograph, largest first, as expansion modes read them. */
async function findSamples() {
  await useBackend(wasm());
  const finder = await createFaceFinder();
  const image = await decodeImage(photo);
  const faces = await finder.find(image);
  finder.dispose();
  return faces.map(({ landmarks, mesh }, index) => {
    const { image: crop, matrix } = cropFace(image, landmarks);
    const points = transformPoints(Float32Array.from(landmarks.flat()), matrix);
    const pairs = landmarks.map((_, i) => [points[2 * i], points[2 * i + 1]]);
    const id = `face-${index}`;
    return {
      id,
      identity: id,
      source: 'sample6.jpg',
      crop,
      mesh: transformPoints(mesh, matrix),
      landmarks: pairs,
      pair: null,
    };
  });
}

/** Pictures side by side. */
function joinImages(images) {
  const width = side * images.length;
  const data = new Uint8Array(width * side * 3);
  images.forEach((image, index) => {
    const { data: pixels } = resizeBicubic(image, { width: side, height: side });
    for (let y = 0; y < side; y++)
      data.set(pixels.subarray(y * side * 3, (y + 1) * side * 3), (y * width + index * side) * 3);
  });
  return { width, height: side, data };
}

const drawMask = ({ width, height, data }) => ({
  width,
  height,
  data: Uint8Array.from({ length: data.length * 3 }, (_, i) => Math.round(255 * data[Math.floor(i / 3)])),
});

async function write(name, images) {
  const bytes = await encodeJpeg(joinImages(images), { quality: 84 });
  await writeFile(join(output, `${name}.jpg`), bytes);
  console.log(`${name}.jpg: ${Math.round(bytes.length / 1024)} kB`);
}

const samples = await findSamples();
const [donor, target] = [samples[2], samples[3]];
const random = createRandom(seed);
const regions = {
  'region-swap': 'mouth',
  'blend-only': 'mouth',
  warp: 'mouth',
  'face-swap': 'face',
  'self-blend': 'face',
};

await mkdir(output, { recursive: true });
for (const mode of allExpansionModes) {
  const given = mode.donor === 'none' ? null : donor;
  const made = mode.expand({ target, donor: given, region: regions[mode.name], random: random.split(mode.name) });
  await write(mode.name, [target.crop, ...(given === null ? [] : [given.crop]), drawMask(made.mask), made.image]);
}
const corrupted = [];
for (const corruption of corruptions)
  corrupted.push(
    await corruption.apply(target.crop, { level: corruption.levels.length, random: random.split(corruption.name) }),
  );
await write('corruptions', [target.crop, ...corrupted]);
