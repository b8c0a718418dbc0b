import { expect, test } from 'vitest'
import { bytesOfText, otherTextOfBytes, textOfBytes } from '../../src/sql/text-image.ts'

test('each byte is a character, and comes back', () => {
  const image = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(textOfBytes(image)).toHaveLength(256)
  expect(bytesOfText(textOfBytes(image))).toEqual(Buffer.from(image))
  // Bytes that are UTF-8 are no exception.
  expect(bytesOfText(textOfBytes(Buffer.from('é ☕')))).toEqual(Buffer.from('é ☕'))
})

test('text with characters that are no bytes is read as UTF-8, and found again by that', () => {
  const image = bytesOfText('é ☕')
  expect(image).toEqual(Buffer.from('é ☕'))
  expect(otherTextOfBytes(image)).toBe('é ☕')
})

test('there is no other text for what no such text reads as', () => {
  expect(otherTextOfBytes(Buffer.from('plain'))).toBeUndefined()
  expect(otherTextOfBytes(Buffer.from('é'))).toBeUndefined()
  expect(otherTextOfBytes(Buffer.from([0x63, 0xe9]))).toBeUndefined()
})
