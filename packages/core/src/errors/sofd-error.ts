/** What every error of sofd may carry beside its message. */
export interface SofdErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Single problems, where one throw reports several; the message holds them too. */
  readonly problems?: readonly string[];
}

// Shared by all copies of this package in one process, so that `isInstance` works across them.
const brand = Symbol.for('sofd.error');

/**
 * The base of every error that sofd throws.
 *
 * The message has one grammar: `where: what was expected, what was got; what to do`.
 *
 * @example
 * ```ts
 * let code;
 * try {
 *   createRandom(Number.NaN);
 * } catch (error) {
 *   if (SofdError.isInstance(error)) code = error.code;
 * }
 * code; // 'INVALID_OPTION'
 * ```
 */
export class SofdError extends Error {
  /** The code of all errors of this class; undefined for the base class. */
  static readonly code: string | undefined = undefined;
  override readonly name: string = 'SofdError';
  /** Says what kind of error this is, in capitals: `'IMAGE_DECODE'`. Stable, unlike the message. */
  readonly code: string;
  /** Single problems, where one throw reports several; else empty. */
  readonly problems: readonly string[];

  constructor(code: string, message: string, options: SofdErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.problems = options.problems ?? [];
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Whether `value` is an error of this class, also when it was thrown by another copy of `@sofd/core`.
   *
   * @param value - anything
   * @returns true for instances of the class it is called on
   */
  static isInstance<T extends SofdError>(
    this: { readonly code: string | undefined; readonly prototype: T },
    value: unknown,
  ): value is T {
    if (typeof value !== 'object' || value === null || !(brand in value)) return false;
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, not the base, says which errors count.
    const { code } = this;
    return code === undefined || (value as unknown as SofdError).code === code;
  }
}

/** The constructor that all error classes but the base share. */
export type SofdErrorClass = new (message: string, options?: SofdErrorOptions) => SofdError;
