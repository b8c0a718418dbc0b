import { FreezeError } from '../errors.ts'
import { checkPlainHash } from '../plain-values.ts'
import { readInteger } from './read-json.ts'
import { writeJson } from './write-json.ts'

/** How `JSON.stringify` begins what a PerlString is for logs. */
const perlString = '{"$codePoints":['

/**
 * What `JSON.stringify` writes, and what that has no way for: bigints, code points that are no text, and, where they
 * may be there (`nonFinite`), infinities and the bare `nan` of Perl's modules. undefined has no JSON.
 */
export function stringify(value: unknown, nonFinite: boolean): string | undefined {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    // A bigint, a cycle, or too deep: the first can be kept, and for the others the check has better words.
    checkPlainHash(
      { name: 'JSON', nonFinite, readInteger },
      typeof value === 'object' && value !== null ? value : [value],
    )
    const text = writeJson(value)
    if (text === undefined) throw new FreezeError('JSON', 'a record that has no JSON form', { cause })
    return text
  }
  if (json === undefined) return undefined
  const isSpecial = json.includes(perlString) || (nonFinite && json.includes('null')) || hasLongInteger(json)
  return isSpecial ? writeJson(value) : json
}

const longest = 16

/** Whether there is an integer of as many digits as 2^53 has, or more. */
function hasLongInteger(json: string): boolean {
  // That many digits in a row cover one of these places, wherever they begin.
  for (let at = longest - 1; at < json.length; at += longest) {
    if (!isDigit(json, at)) continue
    let first = at
    while (isDigit(json, first - 1)) first--
    while (isDigit(json, at + 1)) at++
    if (at - first >= longest - 1 && ':,[-'.includes(json[first - 1] ?? ':')) return true
  }
  return false
}

function isDigit(json: string, at: number): boolean {
  const code = json.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}
