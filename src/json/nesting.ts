const quote = 34
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/** Whether arrays and objects lie more than so many levels deep in this JSON. */
export function isDeeper(json: Buffer, levels: number): boolean {
  if (json.length < 2 * levels) return false
  // Mostly it is enough that there are not so many brackets.
  let left = levels - countUpTo(json, openBrace, levels)
  left -= countUpTo(json, openBracket, left)
  return left < 0 && depthOf(json, levels) > levels
}

/** How often a byte is there, but no more than one more than `most`. */
function countUpTo(bytes: Buffer, byte: number, most: number): number {
  let count = 0
  for (let at = bytes.indexOf(byte); at >= 0 && count <= most; at = bytes.indexOf(byte, at + 1)) count++
  return count
}

// What a byte between strings does to the depth; 2 for the quote that begins one. A table is twice as fast as tests.
const steps = new Int8Array(256)
steps[openBrace] = 1
steps[openBracket] = 1
steps[closeBrace] = -1
steps[closeBracket] = -1
steps[quote] = 2

/** The depth, or the first that is too much. */
function depthOf(json: Buffer, most: number): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < json.length; at++) {
    const step = steps[json[at]!]!
    if (step === 0) continue
    if (step === 2) {
      at = endOfString(json, at + 1) - 1
      continue
    }
    depth += step
    if (depth > deepest) deepest = depth
    if (depth > most) return depth
  }
  return deepest
}

/** The place behind the bracket that closes the one that is here. */
export function endOfBrackets(json: Buffer, start: number): number {
  const { length } = json
  let depth = 0
  let at = start
  while (at < length) {
    const step = steps[json[at++]!]!
    if (step === 0) continue
    if (step === 2) {
      at = endOfString(json, at)
    } else {
      depth += step
      if (depth === 0) return at
    }
  }
  return at
}

/** The place behind the closing quote of the string whose text begins here. */
export function endOfString(json: Buffer, start: number): number {
  const { length } = json
  let at = start
  while (at < length) {
    const byte = json[at++]
    if (byte === quote) return at
    if (byte === backslash) at++
  }
  return at
}
