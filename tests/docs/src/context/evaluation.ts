import { createRandom, faceForensics } from '@sofd/core';

const random = createRandom('evaluation');
const rows = Array.from({ length: 40 }, (_, row) => row % 2);
export const identities = rows.map((_, row) => `p${row % 8}`);
/** [rows, labels] */
export const targets = Uint8Array.from(rows.flatMap((fake) => faceForensics.labels.map((_, i) => (i % 2 ? 0 : fake))));
/** [rows, labels] */
export const marginals = Float64Array.from(targets, (target) => 0.3 + 0.3 * target + 0.2 * random.uniform());
