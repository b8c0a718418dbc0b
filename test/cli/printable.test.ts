import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainValue } from '../../src/cli/plain-value.ts'
import { jsonText, printable, printableLines, quoted } from '../../src/cli/printable.ts'
import { valueText } from '../../src/cli/value-text.ts'

/** Characters that a terminal obeys, or with which text looks like other text. */
const dangerous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const dangerousButLines = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/** Text with many of them. */
const text = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('\x1b[2J', '\u202e', '\u2028', '\ud800', "'", '\\'),
  ),
})

/** What a session may hold, with such text anywhere. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(null, true, 1, 2n, undefined, Number.NaN),
    text.map((pattern) => new RegExp(pattern.replace(/[^a-z]/g, '.'))),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
    fc.array(fc.tuple(text, tie('value'))).map((entries) => new Map(entries)),
  ),
}))

describe('no control character comes out', () => {
  test('of text', () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(printable(text)).not.toMatch(dangerous)
        expect(quoted(text)).not.toMatch(dangerous)
        expect(printableLines(text)).not.toMatch(dangerousButLines)
      }),
    )
  })

  test('of a value', () => {
    fc.assert(
      fc.property(value, text, fc.integer({ min: 1, max: 200 }), (value, name, columns) => {
        const plain = plainValue(value, name)
        expect(valueText(plain, columns)).not.toMatch(dangerousButLines)
        expect(jsonText(plain)).not.toMatch(dangerous)
      }),
    )
  })

  test('and JSON says the same as without', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 1 }), (value) => {
        expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

test.each([
  ['Zoë 日本 😀', 'Zoë 日本 😀'],
  ['a\x1b[31mb\x07', String.raw`a\x1b[31mb\x07`],
  ['\x9b\u202egnp', String.raw`\x9b\u{202e}gnp`],
  ['a\nb\tc', String.raw`a\nb\tc`],
  ['\udc00', String.raw`\u{dc00}`],
])('%j is shown as %s', (text, expected) => {
  expect(printable(text)).toBe(expected)
})

test('text between quotes can be told from what is around it', () => {
  expect(quoted("it's \\n\n")).toBe(String.raw`'it\'s \\n\n'`)
})
