// Writes golden.json: the numbers of one training step on the reference engine. Run it when the model or the training changes
// on purpose: `pnpm --filter @sofd-internal/identical-code golden` (after `pnpm build`).
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { runnerImport } from 'vite';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const load = async (name) => (await runnerImport(file(name))).module;

const engine = await useBackend(reference());
const { runTrainingStep } = await load('training-step.ts');
const { describeStep } = await load('golden.ts');
const golden = describeStep(await runTrainingStep());
await engine.dispose();
const rows = Object.entries(golden).map(([name, entry]) => `  ${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
writeFileSync(file('golden.json'), `{\n${rows.join(',\n')}\n}\n`);
process.stdout.write(`golden.json: ${rows.length} rows from the ${engine.name} engine\n`);
