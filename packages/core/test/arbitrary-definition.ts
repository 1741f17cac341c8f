import fc from 'fast-check';
import type { LabelGraphDefinition } from '../src/index.js';

/** Any right definition of at most 10 labels: each region gets one parent, then further edges are thrown in. */
export const arbitraryDefinition: fc.Arbitrary<LabelGraphDefinition> = fc
  .record({ globals: fc.integer({ min: 1, max: 4 }), locals: fc.integer({ min: 1, max: 5 }) })
  .chain(({ globals, locals }) =>
    fc.record({
      parents: fc.array(fc.nat(globals - 1), { minLength: locals, maxLength: locals }),
      firstChildren: fc.array(fc.nat(locals - 1), { minLength: globals, maxLength: globals }),
      further: fc.array(fc.tuple(fc.nat(globals - 1), fc.nat(locals - 1)), { maxLength: 8 }),
    }),
  )
  .map(({ parents, firstChildren, further }) => {
    const regions = parents.map((_, index) => `region ${index}`);
    const edges: (readonly [number, number])[] = [
      ...parents.map((parent, child) => [parent, child] as const),
      ...further,
    ];
    const labels = firstChildren.map((first, parent) => {
      const children = new Set([first, ...edges.filter((edge) => edge[0] === parent).map((edge) => edge[1])]);
      return [`attribute ${parent}`, [...children].map((child) => regions[child]!)] as const;
    });
    const prompt = 'The {label} was altered' as const;
    return {
      primary: { prompt, label: 'fake' },
      global: { prompt, labels: Object.fromEntries(labels) },
      local: { prompt, labels: regions },
    };
  });
