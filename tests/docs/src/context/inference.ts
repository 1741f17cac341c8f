import { createDetector } from '@sofd/inference';
import { makeOriginal } from '../fixtures.js';

export const detector = await createDetector({ model: await makeOriginal('checkpoint') });
export const result = await detector.detect(await makeOriginal('photo.jpg'));
