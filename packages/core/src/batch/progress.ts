/** How far some work has come. */
export interface ProgressEvent {
  /** What is being done: `'find faces'`. */
  readonly stage: string;
  /** How many units are done. */
  readonly done: number;
  /** How many units there are. */
  readonly total: number;
  /** One more thing worth saying, such as the file. */
  readonly note?: string;
}

/** Called by long work, often. */
export type Progress = (event: ProgressEvent) => void;
