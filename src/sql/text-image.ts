import { isAscii, isUtf8 } from 'node:buffer'
import type { Image } from '../contracts/driver.ts'
import { asBuffer } from '../image-text.ts'

/**
 * Images in a column of text. Perl's serializers give characters and DBD stores them as such: a column holds an image
 * as the characters of its bytes, U+0000 to U+00FF. Text with a character beyond those, which Perl can have put there,
 * is read as UTF-8.
 */
export function textOfBytes(image: Image): string {
  return asBuffer(image).toString('latin1')
}

export function bytesOfText(text: string): Image {
  return Buffer.from(text, BEYOND_BYTES.test(text) ? 'utf8' : 'latin1')
}

/** The other text that reads as this image, if there is one. */
export function otherTextOfBytes(image: Image): string | undefined {
  const bytes = asBuffer(image)
  if (isAscii(bytes) || !isUtf8(bytes)) return undefined
  const text = bytes.toString()
  return BEYOND_BYTES.test(text) ? text : undefined
}

const BEYOND_BYTES = /[^\0-\xff]/
