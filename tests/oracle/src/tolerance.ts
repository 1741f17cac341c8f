/** How far a number may be from the expected one: at most `absolute + relative * |expected|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/**
 * The first tolerance that a manifest's text names: `exact`, `abs 1e-6 ...`, `rel 1e-10 ...`, `<=1 level`.
 *
 * @param text - the `tolerance` of an array
 */
export function parseTolerance(text: string): Tolerance {
  if (/^exact\b/.test(text)) return { absolute: 0, relative: 0 };
  const [, kind, number] = /\b(abs|rel)\w*\s+([\d.]+(?:e[-+]?\d+)?)/i.exec(text) ?? [];
  if (number !== undefined)
    return kind === 'abs' ? { absolute: Number(number), relative: 0 } : { absolute: 0, relative: Number(number) };
  const levels = /<=\s*(\d+)\s*level/.exec(text)?.[1];
  if (levels !== undefined) return { absolute: Number(levels), relative: 0 };
  throw new Error(`oracle: expected a tolerance such as "abs 1e-6", got "${text}"; read it in the test itself.`);
}
