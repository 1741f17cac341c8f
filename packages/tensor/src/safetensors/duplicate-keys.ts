/**
 * Finds names that occur twice in one object of a JSON text, which `JSON.parse` silently drops.
 *
 * @param json - a text that `JSON.parse` accepts.
 * @returns each repeated name once.
 */
export function findDuplicateKeys(json: string): string[] {
  const duplicates = new Set<string>();
  const open: (Set<string> | null)[] = [];
  // Strings, then the punctuation that opens, closes or marks a string as a key; all else is irrelevant.
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(null);
    else if (text === '}' || text === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(text.slice(0, text.length - colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) duplicates.add(key);
      keys?.add(key);
    }
  }
  return [...duplicates];
}
