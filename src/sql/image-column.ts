import { isAscii, isUtf8 } from 'node:buffer'
import type { Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import { asBuffer } from '../image-text.ts'
import type { Dialect } from './dialect.ts'
import type { Value } from './link.ts'
import type { ServerTable } from './server-table.ts'
import { bytesOfText, otherTextOfBytes, textOfBytes } from './text-image.ts'

/** The image as it is bound to a mark. */
export function boundImage({ data }: ServerTable, image: Image): Value {
  if (data.kind === 'binary') return asBuffer(image)
  return data.kind === 'text' ? textOfBytes(image) : asBuffer(image).toString()
}

/** The image that a row is to have, as it is bound; null, which equals nothing, if no row can have it. */
export function boundExpected({ textHoldsNul }: Dialect, table: ServerTable, expected: Image): Value {
  const bytes = asBuffer(expected)
  const impossible =
    (table.data.kind !== 'binary' && !textHoldsNul && bytes.includes(0)) ||
    (table.data.kind === 'utf8' && !isUtf8(bytes))
  return impossible ? null : boundImage(table, expected)
}

/** The other text that reads as this image, for the mark `expectedText`. */
export function otherTextOf({ data }: ServerTable, image: Image): Value {
  return (data.kind === 'text' ? otherTextOfBytes(image) : undefined) ?? null
}

/** The image, out of what the column gave. */
export function imageIn(dialect: Dialect, { data }: ServerTable, value: unknown): Image {
  if (data.kind === 'binary') return dialect.readBytes(value)
  // Bytes are UTF-8.
  const text = Buffer.isBuffer(value) ? value.toString() : ((value ?? '') as string)
  return data.kind === 'text' ? bytesOfText(text) : Buffer.from(text)
}

/** Throws `StorageError` for an image that the column would refuse, cut off or change. Nothing was sent then. */
export function checkImage(
  called: string,
  { textHoldsNul, perlReadsTextAsBytes }: Dialect,
  { names, data }: ServerTable,
  image: Image,
  shared: boolean,
): void {
  const refuse = (why: string): never => {
    throw new StorageError(
      `${called}: the column ${names.data} of the table ${names.table} is ${data.type}, and ${why}`,
    )
  }
  const { maxBytes = Infinity } = data
  // In UTF-8 a character takes two bytes at most, as none is above U+00FF.
  if (image.length * 2 > maxBytes) {
    const size = data.kind === 'text' ? Buffer.byteLength(textOfBytes(image)) : image.length
    if (size > maxBytes) {
      refuse(`holds ${maxBytes} bytes, while this session takes ${size}. Give it a larger type`)
    }
  }
  if (data.kind === 'binary') return
  const instead = 'Make it a column for bytes, or take a serializer that writes plain text'
  if (data.asciiOnly && !isAscii(image)) {
    refuse(`text of an unknown kind, while this session is not ASCII. ${instead}`)
  }
  if (!textHoldsNul && asBuffer(image).includes(0)) {
    refuse(`text holds no NUL, which this session has. ${instead}`)
  }
  if (data.kind === 'utf8') {
    if (!isUtf8(image)) refuse(`holds no bytes but those of UTF-8, which this session is not. ${instead}`)
    return
  }
  if (shared && perlReadsTextAsBytes && !isAscii(image)) {
    refuse(`from text Perl would read other bytes than those of this session, which is not ASCII. ${instead}`)
  }
}
