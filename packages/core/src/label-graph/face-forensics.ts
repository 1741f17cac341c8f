import { defineLabelGraph } from './define-label-graph.js';

const regions = ['eye', 'eyebrow', 'lip', 'mouth', 'nose', 'skin'] as const;

/**
 * The graph for FaceForensics++ and what is expanded from it: 10 labels, 251 legal states.
 *
 * @example
 * ```ts
 * faceForensics.labels[0]; // 'fake'
 * faceForensics.prompts[4]; // 'A photo of a face with the local attribute of eye altered'
 * ```
 */
export const faceForensics = /* @__PURE__ */ defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  global: {
    prompt: 'A photo of a face with the global attribute of {label} altered',
    labels: {
      expression: ['lip', 'mouth'],
      identity: regions,
      'physical inconsistency': ['eye', 'lip', 'mouth', 'nose'],
    },
  },
  local: { prompt: 'A photo of a face with the local attribute of {label} altered', labels: regions },
});
