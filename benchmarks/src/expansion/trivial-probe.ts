// `node benchmarks/dist/expansion/trivial-probe.js DATA`: whether trivial features tell the images of an expanded folder apart.
import { probeDataset, trivialBar } from './probe-dataset.js';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: trivial-probe DATA   the folder that sofd expand wrote');
  process.exitCode = 1;
} else {
  const probes = await probeDataset(folder);
  console.log(JSON.stringify({ folder, bar: trivialBar, probes }, null, 2));
  if (probes.some(({ met }) => !met)) process.exitCode = 1;
}
