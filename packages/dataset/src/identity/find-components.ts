/**
 * Which items belong together: those that share a key, and those that share one with such, and so on.
 *
 * @param keys the keys of each item
 * @returns for every item the lowest index of its component
 */
export function findComponents(keys: readonly (readonly string[])[]): Int32Array {
  const parents = Int32Array.from(keys, (_, i) => i);
  const findRoot = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = index; at !== root; ) {
      const next = parents[at]!;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const firstWith = new Map<string, number>();
  keys.forEach((own, item) => {
    for (const key of own) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, item);
      else {
        const [a, b] = [findRoot(first), findRoot(item)];
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  });
  return parents.map((_, item) => findRoot(item));
}
