// The main job from photographs to a detector, each stage by the function behind the `sofd` command that is printed.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert, createProgressDisplay, detect, evaluate, expand, report, train } from '@sofd/cli';
import { cropFace, decodeImage, encodePng } from '@sofd/face';
import { compareInBrowser } from '@sofd-examples/browser/check';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
process.chdir(root);
const output = 'demo-output';
const paths = {
  photos: join(output, 'photos'),
  dataset: join(output, 'dataset'),
  run: join(output, 'run'),
  evaluation: join(output, 'evaluation'),
  checkpoint: join(output, 'checkpoint'),
  questioned: join(output, 'questioned'),
  detections: join(output, 'detections.json'),
  report: join(output, 'report.html'),
  summary: join(output, 'summary.json'),
};
const sampleNames = [1, 2, 3, 4, 5, 6].map((number) => `sample${number}.jpg`);
/** Photographs with several people; the first is also given to the browser. */
const questionedNames = ['sample6', 'sample3'];
const seed = 1;
const perFace = 6;

const display = createProgressDisplay();
const context = { log: console.log, progress: display.progress, signal: new AbortController().signal };
const common = { seed, engine: 'auto', quiet: false };
const stageCount = 7;
const seconds = {};

/** Runs one stage, prints the command that does the same, and keeps its time. */
async function stage(name, { title, command }, run) {
  console.log(`\n[${Object.keys(seconds).length + 1}/${stageCount}] ${title}`);
  if (command) console.log(`$ npx sofd ${command}`);
  const start = performance.now();
  try {
    return await run();
  } finally {
    display.stop();
    seconds[name] = Math.round(performance.now() - start) / 1000;
  }
}

/** The adult faces of the demo are in photographs that an npm package brings. */
async function copySamples() {
  await rm(output, { recursive: true, force: true });
  await mkdir(paths.photos, { recursive: true });
  const packageFile = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  const samples = join(dirname(packageFile), 'demo');
  for (const name of sampleNames) await copyFile(join(samples, name), join(paths.photos, name));
  console.log(`${sampleNames.length} photographs from the npm package @vladmandic/face-api.`);
}

/** Browsers decode JPEG a little differently from Node: as PNG both see the same pixels. */
async function prepareQuestioned() {
  await mkdir(paths.questioned, { recursive: true });
  const files = questionedNames.map((name) => join(paths.questioned, `${name}.png`));
  for (const [index, name] of questionedNames.entries())
    await writeFile(files[index], await encodePng(await decodeImage(join(paths.photos, `${name}.jpg`))));
  return files;
}

async function detectAndReport() {
  const files = await prepareQuestioned();
  const found = await detect({ ...common, model: paths.checkpoint, crop: 'auto', files }, context);
  await writeFile(paths.detections, `${JSON.stringify(found, null, 2)}\n`);
  await report(
    {
      ...common,
      data: paths.dataset,
      run: paths.run,
      evaluation: join(paths.evaluation, 'evaluation.json'),
      detections: paths.detections,
      output: paths.report,
    },
    context,
  );
  return found;
}

/**
 * What the browser is asked. Without a graphics card WebGPU is drawn by software, which takes minutes to search a whole
 * photograph for faces: there it is given one face crop.
 */
// The same pixels give the same probabilities to 1e-4. Of a whole photograph the pixels of the crop differ too: engines find
// landmarks to 1e-3 pixels, and where they were 1e-4 apart (five kinds of BLAS kernels, three builds of the wasm engine) some
// bytes of the crop rounded the other way, which moved a label of this model by up to 1e-4. Ten times that is allowed.
const browserQuestions = [
  { engine: 'wasm', crop: 'auto', what: 'the whole photograph', limit: 1e-3 },
  { engine: 'webgpu', crop: 'none', what: 'one face crop', limit: 1e-4 },
];

async function writeCrop({ file, result }) {
  const path = join(paths.questioned, 'crop.png');
  const landmarks = result.faces[0].landmarks.map(({ x, y }) => [x, y]);
  const { image } = cropFace(await decodeImage(file), landmarks);
  await writeFile(path, await encodePng(image));
  return path;
}

/** The same checkpoint and pixels in Chromium: what differs from Node's probabilities? */
async function compareWithBrowser({ detections: [first] }) {
  const cropFile = await writeCrop(first);
  const crop = await detect(
    { ...common, quiet: true, model: paths.checkpoint, crop: 'none', files: [cropFile] },
    { ...context, log: () => {} },
  );
  const differences = [];
  for (const { engine, crop: kind, what, limit } of browserQuestions) {
    const { file: photo, result: expected } = kind === 'none' ? crop.detections[0] : first;
    const answer = await compareInBrowser({
      checkpoint: paths.checkpoint,
      photo,
      engines: [engine],
      expected,
      crop: kind,
    });
    if ('skipped' in answer) {
      console.log(`Skipped: ${answer.skipped}`);
      return { browserMaxDifference: null, browserSkipped: answer.skipped };
    }
    const { failed, device } = answer.engines[engine];
    if (failed) throw new Error(`demo: ${engine} in Chromium failed: ${failed}`);
    console.log(
      `${engine} (${device}), ${what}: largest difference from Node ${answer.maxDifference.toExponential(1)}.`,
    );
    if (!(answer.maxDifference <= limit))
      throw new Error(
        `demo: expected ${engine} in Chromium to agree with Node to ${limit}, got ${answer.maxDifference}.`,
      );
    differences.push(answer.maxDifference);
  }
  return { browserMaxDifference: Math.max(...differences) };
}

const summarize = ({ file, result }) => ({
  file,
  faces: result.faces.map(({ box, probability, verdict, labels }) => ({ box, probability, verdict, labels })),
});

await stage('photographs', { title: 'Photographs' }, copySamples);
const expansion = await stage(
  'expand',
  {
    title: 'Faces, crops and expansion',
    command: `expand --input ${paths.photos} --output ${paths.dataset} --per-face ${perFace}`,
  },
  () =>
    expand(
      { ...common, input: paths.photos, output: paths.dataset, annotation: 'training', perFace, overwrite: false },
      context,
    ),
);
const training = await stage(
  'train',
  { title: 'Bi-level multitask training', command: `train examples/demo/experiment.json --output ${paths.run}` },
  () => train({ ...common, experiments: [join(here, 'experiment.json')], output: paths.run, resume: false }, context),
);
const evaluation = await stage(
  'evaluate',
  {
    title: 'Evaluation on unseen people',
    command: `eval --model ${paths.run} --data ${paths.dataset} --output ${paths.evaluation}`,
  },
  () =>
    evaluate({ ...common, model: paths.run, data: paths.dataset, output: paths.evaluation, split: 'test' }, context),
);
await stage(
  'export',
  {
    title: 'Checkpoint',
    command: `convert ${paths.run} ${paths.checkpoint} --evaluation ${paths.evaluation}/evaluation.json`,
  },
  () =>
    convert(
      {
        ...common,
        input: paths.run,
        output: paths.checkpoint,
        evaluation: join(paths.evaluation, 'evaluation.json'),
      },
      context,
    ),
);
const found = await stage(
  'detect',
  {
    title: 'Detection and report',
    command: `detect --model ${paths.checkpoint} ${paths.questioned}/*.png --json ${paths.detections}`,
  },
  detectAndReport,
);
const browser = await stage('browser', { title: 'The same in a browser' }, () => compareWithBrowser(found));

const { auc, interval, perLabel } = evaluation;
const summary = {
  faces: expansion.faces,
  expanded: expansion.expanded,
  training,
  evaluation: { auc, interval, perLabel },
  detections: found.detections.map(summarize),
  engine: training.engine,
  ...browser,
  seconds,
};
await writeFile(paths.summary, `${JSON.stringify(summary, null, 2)}\n`);
const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
console.log(`\nDone in ${total.toFixed(0)} s. Open ${paths.report} in a browser; ${paths.summary} holds the figures.`);
console.log(`${evaluation.identities} unseen people prove that the pipeline works, not how accurate the model is.`);
// Engines keep worker threads alive.
process.exit(0);
