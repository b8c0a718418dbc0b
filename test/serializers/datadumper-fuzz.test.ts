import { describe, expect, test } from 'vitest'
import { ThawError } from '../../src/errors.ts'
import { parseDumper } from '../../src/perl/dumper/reader.ts'
import { writeDumper } from '../../src/perl/dumper/writer.ts'
import { notation } from '../interop/notation.ts'
import { goldenRecords, goldenSessions } from './golden.ts'

const images = [
  ...[...goldenRecords('dd'), ...goldenRecords('cgidd')].map(({ image }) => image),
  ...goldenSessions({ serializer: 'DataDumper' }).map(({ image }) => image ?? Buffer.alloc(0)),
]
  .filter(({ length }) => length > 0 && length < 600)
  .map((image) => image.toString('latin1'))

const pieces = [
  ...`'"\\{}[]()$@;,=>-:*#/ \n\0\x80\xff019ax`.split(''),
  '$D',
  '${',
  '->',
  '=>',
  "$D->{'v'}",
  "${$D->{'v'}}",
  "\\$D->{'v'}",
  "$D->{'v'} = $D;",
  '__proto__',
  "'__proto__'",
  'bless( ',
  ", 'X' )",
  'do{\\(my $o = ',
  'do{my $o}',
  ')}',
  'undef',
  'qr/',
  'sub { "DUMMY" }',
  '\\x{d83d}',
  '\\x{110000}',
  'v1.2',
  '1e999',
  '-0',
  '12345678901234567890',
]

/** Numbers below `limit`, the same in every run. */
function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

function mutate(text: string, below: (limit: number) => number): string {
  let mutated = text
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(mutated.length + 1)
    const length = below(2) === 0 ? 1 : below(20)
    const piece = pieces[below(pieces.length)] ?? ''
    const other = images[below(images.length)] ?? ''
    const from = below(other.length)
    const [put, skip] = [
      [piece, 0],
      [piece, length],
      ['', length],
      [other.slice(from, from + length), length],
      [mutated.slice(at, at + length).repeat(2), length],
    ][below(5)] as [string, number]
    mutated = mutated.slice(0, at) + put + mutated.slice(at + skip)
  }
  return below(20) === 0 ? mutated.slice(0, below(mutated.length)) : mutated
}

describe('damaged records', () => {
  test('end in a value that can be written back, or in a ThawError', () => {
    const below = random(7)
    const prototype = Object.getOwnPropertyNames(Object.prototype).join()
    const arrayPrototype = Object.getOwnPropertyNames(Array.prototype).join()
    let read = 0
    for (let run = 0; run < 20_000; run++) {
      const text = mutate(images[run % images.length] ?? '', below)
      let value: unknown
      try {
        value = parseDumper(Buffer.from(text, 'latin1'))
      } catch (error) {
        if (!(error instanceof ThawError)) throw new Error(`not refused properly: ${text}`, { cause: error })
        continue
      }
      read++
      if (run % 4 > 0) continue
      const again = parseDumper(writeDumper(value))
      if (JSON.stringify(notation(again)) !== JSON.stringify(notation(value))) {
        throw new Error(`not the same when written back: ${text}`)
      }
    }
    expect(read).toBeGreaterThan(2_000)
    expect(read).toBeLessThan(18_000)
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype)
    expect(Object.getOwnPropertyNames(Array.prototype).join()).toBe(arrayPrototype)
  })

  test('a record that lacks its end is refused', () => {
    const hashes = images.filter((text) => text.startsWith('$D = {') && !text.includes('$D->'))
    expect(hashes.length).toBeGreaterThan(100)
    for (const text of hashes) {
      for (let length = 0; length <= text.lastIndexOf('}'); length += length < 50 ? 1 : 17) {
        expect(() => parseDumper(Buffer.from(text.slice(0, length), 'latin1'))).toThrow(ThawError)
      }
    }
  })
})
