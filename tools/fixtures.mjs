// Makes tests/oracle/fixtures, the selection of parity fixtures that is committed, from the full groups in SOFD_ORACLE.
// Same input, same bytes: run it after the full groups change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = resolve(root, process.env.SOFD_ORACLE ?? '../shared/oracle');
const target = join(root, 'tests', 'oracle', 'fixtures');
const largestBytes = 6_000_000;

/** Which files of a group are committed; all where there is no pattern. */
const selection = {
  clip_b32_shapes: /./,
  // The smallest file of weights and what it gives; float32 weights, intermediates and gradients are only in the full group.
  'clip_tiny/B_formats': /^(state_dict_allhalf\.pt$|images\.f32$|tokens\.i32$|allhalf_)/,
  // Without the large image and the noise, which are most of the group: blocks are compared by their places.
  distortions: /^(cases\.json$|small|gnc_extreme)/,
  fidelity: /./,
  label_graph: /./,
  metrics: /./,
  norm_crop: /./,
  // Without the large float tensors: they follow from the 8-bit images, and the small ones test the normalisation.
  preprocess: /^(images\/|u8_64\/|u8_224\/|tensor_64\/|cases\.json$)/,
  tokenizer: /./,
};

const readme = `# Parity fixtures, a compact selection

Inputs and the outputs that the published PyTorch code of SJEDD (commit cf51f5b, Apache-2.0) or, where a manifest says so,
NumPy and scikit-learn gave for them on a CPU. Numbers only, no code. Made by \`node tools/fixtures.mjs\` from the full
groups (\`SOFD_ORACLE\`, default \`../shared/oracle\`); do not edit by hand.

Each group has a \`manifest.json\` that lists what is in its folder: arrays (raw, little-endian, row-major, with dtype, shape
and tolerance) and other files (with size and SHA-256). Each group's own README says what the numbers mean.
\`@sofd-internal/oracle\` reads them; a full group takes precedence where it is present.

## Images
\`preprocess/images\`, \`norm_crop\` and \`distortions\` hold crops and re-encodings of images that come with scikit-image and scikit-learn, and
synthetic ones. Changes to all: cropped, resized, re-encoded.
- astronaut: NASA, public domain. chelsea, rocket, camera: CC0.
- \`preprocess/images/03_photo_640x480.*\` and \`04_photo_500x333.*\`, and what is resized from them in \`preprocess/u8_*\`: from
  china.jpg by danielbuechele and flower.jpg by vultilion, both from Flickr under
  [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/), by way of scikit-learn.
`;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function fail(message) {
  console.error(`fixtures: ${message}`);
  process.exit(1);
}

/** Copies one file and returns its size. */
function copy(group, file, expectedSha256) {
  const bytes = readFileSync(join(source, group, file));
  if (expectedSha256 !== undefined && sha256(bytes) !== expectedSha256)
    fail(`expected ${group}/${file} with the SHA-256 of its manifest, got other bytes; fetch the group again.`);
  const path = join(target, group, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return bytes.length;
}

function copyGroup(group, pattern) {
  const manifest = JSON.parse(readFileSync(join(source, group, 'manifest.json'), 'utf8'));
  const arrays = Object.fromEntries(Object.entries(manifest.arrays).filter(([, { file }]) => pattern.test(file)));
  const files = Object.fromEntries(Object.entries(manifest.files).filter(([file]) => pattern.test(file)));
  let bytes = existsSync(join(source, group, 'README.md')) ? copy(group, 'README.md') : 0;
  for (const { file } of Object.values(arrays)) bytes += copy(group, file);
  for (const [file, entry] of Object.entries(files)) bytes += copy(group, file, entry.sha256);
  const text = `${JSON.stringify({ ...manifest, arrays, files }, null, 1)}\n`;
  writeFileSync(join(target, group, 'manifest.json'), text);
  return bytes + text.length;
}

if (!existsSync(source)) fail(`expected the full groups in ${source}, got no such folder; set SOFD_ORACLE.`);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'README.md'), readme);
let total = readme.length;
for (const [group, pattern] of Object.entries(selection)) {
  const bytes = copyGroup(group, pattern);
  console.log(`${group}: ${bytes} bytes`);
  total += bytes;
}
if (total > largestBytes) fail(`expected at most ${largestBytes} bytes in all, got ${total}; select less.`);
console.log(`all: ${total} bytes`);
