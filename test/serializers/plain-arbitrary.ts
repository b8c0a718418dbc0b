import fc from 'fast-check'
import { setKey } from '../../src/hash.ts'

// The same values each time, unless somebody wants others.
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20261121) })

/** Any UTF-16, with lone surrogates and control characters. */
export const anyText = fc
  .array(fc.oneof(fc.integer({ max: 0x17f, min: 0 }), fc.integer({ max: 0xffff, min: 0 })), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units))

const WORDS = String.raw`~ - -- --- ---x ... ...x -: -:x ? a: :a a:b a#b # a::b << = => , ,a
  null Null true True false yes no on off y n .inf Inf -inf NaN nan {} [] [1] &a *a !a | > %a @a ${'`'}a
  0 00 -0 007 +5 .5 5. 1.50 1e3 1e+21 0x1F 0o17 1_000 12:30 2026-01-01 9007199254740993 18446744073709551616
  ' '' " "" a'b a"b \ \n \x41`.split(/\s+/)

/** What some format or other could take for something else. */
const awkwardText = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom('', ' ', '\t', '- x', ': ', 'a: b', 'a #b', '{a: 1}', '1\n', '\n1', ' 1', '1 ', 'x\r\ny'),
  fc.constantFrom("'1' # true", "'' # false", '\u00a0', '\u0085', '\ufeffbom', '\u2028', '\ud800', '\u3000x'),
)

const proneKeys = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '_x',
)

const text = fc.oneof(anyText, awkwardText, fc.string())

const number = fc
  .oneof(
    fc.integer(),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.integer({ max: 99_999, min: 0 }).map((n) => n / 100),
  )
  .map((value) => value + 0)

/** A bigint that is no number at the same time. */
const long = fc.bigInt().filter((value) => String(Number(value)) !== String(value))

interface Kinds {
  readonly text?: fc.Arbitrary<string>
  readonly leaves?: fc.Arbitrary<unknown>
}

/** Hashes of what JSON and YAML keep, with keys of every sort. */
export function plainHash(kinds: Kinds = {}): fc.Arbitrary<Record<string, unknown>> {
  const string = kinds.text ?? text
  const leaves = kinds.leaves ?? fc.oneof(string, number, long, fc.boolean(), fc.constant(null))
  return fc.letrec<{ value: unknown; hash: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaves,
      fc.array(tie('value'), { maxLength: 5 }),
      tie('hash'),
    ),
    hash: fc.array(fc.tuple(fc.oneof(string, proneKeys), tie('value')), { maxLength: 6 }).map((entries) => {
      const hash = {}
      for (const [key, value] of entries) setKey(hash, key, value)
      return hash
    }),
  })).hash
}

/** An image, and the same with a few bytes changed, left out or cut off. */
export function damaged(images: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(
    fc.nat(),
    fc.oneof(fc.constantFrom(...Buffer.from('{}[]:,"\'\\-~#&*!|>?% \n\t0aeEx')), fc.nat(255)),
    fc.nat(3),
  )
  return fc
    .tuple(fc.constantFrom(...images), fc.array(edit, { maxLength: 4, minLength: 1 }))
    .map(([image, edits]) => {
      let bytes = Buffer.from(image)
      for (const [place, byte, kind] of edits) {
        const at = place % (bytes.length + 1)
        const rest = bytes.subarray(at)
        if (kind === 0) bytes = bytes.subarray(0, at)
        else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), rest.subarray(1)])
        else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), rest.subarray(kind - 2)])
      }
      return bytes
    })
}
