/** Makes each result of a function of numbers and flags once. */
export function memoize<A extends readonly (number | boolean)[], R>(create: (...args: A) => R): (...args: A) => R {
  const results = new Map<string, R>();
  return (...args) => {
    const key = args.join();
    const result = results.get(key) ?? create(...args);
    results.set(key, result);
    return result;
  };
}
