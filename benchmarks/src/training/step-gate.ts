/** Lets a loop that is under way take one step at a time. */
export interface StepGate {
  /** For the loop: waits until a step is asked for. */
  enter(): Promise<void>;
  /** For the loop: the step is done. */
  leave(): void;
  /** For the loop: it has ended. */
  fail(error: unknown): void;
  /** Asks for a step, and waits until it is done. */
  pass(): Promise<void>;
}

/** A gate that is closed. */
export function createStepGate(): StepGate {
  let open: (() => void) | undefined;
  let asked: { done(): void; failed(error: unknown): void } | undefined;
  let failure: { readonly error: unknown } | undefined;
  return {
    enter: () =>
      new Promise((resolve) => {
        if (asked) resolve();
        else open = resolve;
      }),
    leave() {
      asked?.done();
      asked = undefined;
    },
    fail(error) {
      failure = { error };
      asked?.failed(error);
    },
    pass: () =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure.error);
          return;
        }
        asked = { done: resolve, failed: reject };
        open?.();
        open = undefined;
      }),
  };
}
