export { type Comparison, compareNumbers } from './compare-numbers.js';
export { describeOracle } from './describe-oracle.js';
export { type OracleArray, type OracleData, type OracleGroup, oracleGroup } from './oracle-group.js';
export { type OracleManifest, oracleManifestFile } from './oracle-manifest.js';
export { reviveNonFinite } from './revive-non-finite.js';
export { parseTolerance, type Tolerance } from './tolerance.js';
