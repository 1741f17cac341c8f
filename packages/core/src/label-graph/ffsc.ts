import { defineLabelGraph } from './define-label-graph.js';

const regions = ['eye', 'eyebrow', 'lip', 'mouth', 'nose', 'skin'] as const;

/**
 * The graph for the FFSC data set: 12 labels, 1,544 legal states.
 *
 * The published edge list names pose's edge to the mouth twice and leaves out the one to the lip. Here pose alters all six
 * regions: that reading alone gives the published 1,544 states, the list as it stands would give 1,481.
 *
 * @example
 * ```ts
 * computeLegalStates(ffsc).count; // 1544
 * ```
 */
export const ffsc = /* @__PURE__ */ defineLabelGraph({
  primary: { prompt: 'A photo of a {label} face', label: 'fake' },
  global: {
    prompt: 'A photo of a face with the global attribute of {label} altered',
    labels: {
      age: ['eye', 'skin'],
      expression: ['eye', 'lip', 'mouth', 'nose', 'skin'],
      gender: ['eye', 'eyebrow', 'lip', 'mouth', 'skin'],
      identity: regions,
      pose: regions,
    },
  },
  local: { prompt: 'A photo of a face with the local attribute of {label} altered', labels: regions },
});
