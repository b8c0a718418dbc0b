/** More keys than this the runtime sorts faster. */
const few = 16

/** Puts keys in the order of `sort()`, which takes longer for as few keys as most hashes have. */
export function sortKeys(keys: string[]): string[] {
  if (keys.length > few) return keys.sort()
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index]!
    let at = index
    for (; at > 0 && key < keys[at - 1]!; at--) keys[at] = keys[at - 1]!
    keys[at] = key
  }
  return keys
}
