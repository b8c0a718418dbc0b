import { isUtf8 } from 'node:buffer'
import type { Image } from './contracts/driver.ts'

/**
 * The text in these bytes: UTF-8 where they are valid UTF-8, else Latin-1. Perl's text serializers answer
 * characters, and its stores keep those below 256 as one byte each and anything else as UTF-8; so a Latin-1 record
 * that happens to be valid UTF-8 is read as UTF-8.
 */
export function textOfImage(image: Image): string {
  const bytes = asBuffer(image)
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

/** The same bytes, not a copy. */
export function asBuffer(image: Image): Buffer {
  return Buffer.isBuffer(image) ? image : Buffer.from(image.buffer, image.byteOffset, image.byteLength)
}

/**
 * JSON text as pure ASCII, every character above 0x7e as `\uXXXX`: so it means the same whatever a reader takes the
 * encoding for. (Outside its strings JSON has no such characters.)
 */
export function asciiJson(json: string): string {
  if (Buffer.byteLength(json) === json.length && !json.includes('\x7f')) return json
  return json.replace(BEYOND_ASCII, escaped)
}

const BEYOND_ASCII = /[\x7f-\uffff]+/g

function escaped(characters: string): string {
  let ascii = ''
  for (let at = 0; at < characters.length; at++) {
    ascii += `\\u${characters.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return ascii
}

/** The image of a JSON text. */
export function imageOfJson(json: string): Image {
  return Buffer.from(asciiJson(json), 'latin1')
}
