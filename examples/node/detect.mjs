import { createDetector } from '@sofd/inference';

const [model, ...photos] = process.argv.slice(2);
const detector = await createDetector({ model });
for (const photo of photos) {
  const { faces, verdict } = await detector.detect(photo);
  console.log(`${photo}: ${verdict}`);
  for (const face of faces) console.log(`  ${face.id}: ${face.explanation.summary}`);
}
await detector.dispose();
