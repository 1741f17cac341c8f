export { formatProblems } from './format-problems.js';
export { parseOptions } from './parse-options.js';
export { parseWith } from './parse-with.js';
