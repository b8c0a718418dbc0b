const places = 2048
const longestKept = 32

/**
 * Hash keys that were read last. The same ones come again and again, and a string that has been a key is found in an
 * object several times faster than one that is cut from an image.
 */
export class KeyCache {
  private readonly keys: string[] = Array.from({ length: places }, () => '')

  /** The key in these bytes, a character each. */
  get(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    if (length > longestKept) return bytes.toString('latin1', start, end)
    let hash = length
    for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + bytes[at]!
    const place = (hash ^ (hash >>> 11)) & (places - 1)
    const known = this.keys[place]!
    if (known.length === length && isThere(known, bytes, start)) return known
    const key = bytes.toString('latin1', start, end)
    this.keys[place] = key
    return key
  }
}

function isThere(key: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < key.length; index++) {
    if (key.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}
