export { type ProbeOptions, type ProbeSet, probeFeatures } from './probe-features.js';
