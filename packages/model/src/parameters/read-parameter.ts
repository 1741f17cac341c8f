/**
 * Writes the values of one parameter, row-major, into an array of its size: parameters that are somewhere else, brought
 * one by one to where they are to be.
 */
export type ReadParameter = (name: string, target: Float32Array) => Promise<void>;
