/** What one run of a contender gave: a line of JSON. */
export interface SwapResult {
  /** Photographs in which a face was found, each altered and written once. */
  readonly images: number;
  /** From the first photograph's bytes to the last PNG; loading the models is not in it. */
  readonly seconds: number;
  /** Of these, what the process had a core for: other programs do not count. */
  readonly cpuSeconds: number;
  readonly description: string;
}
