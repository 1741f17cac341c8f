/**
 * Adds a value to the list that a map holds under a key; a key without a list gets one.
 *
 * @param lists changed in place; keys stay in the order in which they came
 */
export function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
