import { describe, it } from 'vitest';
import { type OracleGroup, oracleFolder, oracleGroup } from './oracle-group.js';

/**
 * `describe` for a group of fixtures: `oracle <group>`. Where there is no such group, one skipped test says so.
 *
 * `pnpm test:oracle` counts tests by this title, so every parity test stands within.
 *
 * @param name - the group's folder
 * @param body - declares the tests; read shapes and names from the group, so that any folder like it works
 * @example
 * ```ts
 * describeOracle('label_graph', (group) => {
 *   it('has the same states', () => expect(computed).toEqual(group.array('states').data));
 * });
 * ```
 */
export function describeOracle(name: string, body: (group: OracleGroup) => void): void {
  const group = oracleGroup(name);
  if (group !== null) {
    describe(`oracle ${name} (${group.origin})`, () => body(group));
    return;
  }
  const reason = `neither ${oracleFolder()} nor the fixtures have this group`;
  process.stderr.write(`oracle ${name}: skipped, ${reason}\n`);
  describe(`oracle ${name} (none)`, () => {
    it.skip(`skipped: ${reason}`, () => {});
  });
}
