import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { Session, type SessionOptions } from '../../src/index.ts'
import { Blessed } from '../../src/perl/values.ts'
import { type Notation, notation, pointsOf } from './notation.ts'
import { type Answer as PerlAnswer, Perl } from './perl.ts'
import { formats } from './perl-profiles.ts'
import { PerlProgram } from './perl-program.ts'
import type { Format } from './perl-truth.ts'
import { sessions } from './values.ts'

const rounds = 500
const id = 'turns'
const folder = mkdtempSync(join(tmpdir(), 'data-session-turns-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Answer {
  readonly kept: Notation
  readonly session: Notation
  readonly count: number | string
  readonly together: number
}

/** The Perl program that has the session file in common with us. */
function partnerAt(path: string, format: string): PerlProgram<Answer> {
  // The order of keys decides what Data::Dumper makes of references.
  return new PerlProgram('turns.pl', [format, path], { PERL_HASH_SEED: '0' })
}

const perl = await Perl.start(formats.map(({ ser }) => ser))
afterAll(() => perl?.end())

/** What both leave as it is: of all that Perl can keep in this format, and reads again and again as it wrote it. */
async function untouched(format: Format): Promise<unknown[]> {
  const values = fc.sample(sessions(format.perlProfile ?? format.profile), { numRuns: 40, seed: 20231114 })
  const once = await writtenByPerl(
    format,
    values.map((value) => notation(value, format.given)),
  )
  const twice = await writtenByPerl(
    format,
    once.map(({ reread }) => reread ?? ['undef']),
  )
  const sound = values.filter((_, index) => {
    const { image, reread } = once[index] as PerlAnswer
    if (reread === undefined || format.isUnclear?.(image) || format.isAmbiguous?.(image)) return false
    // FreezeThaw puts a group around a pattern, each time.
    return JSON.stringify(reread) === JSON.stringify(twice[index]?.reread)
  })
  expect(sound.length).toBeGreaterThan(6)
  return sound.slice(0, 6)
}

function writtenByPerl({ ser }: Format, values: readonly Notation[]): Promise<PerlAnswer[]> {
  return (perl as Perl).askAll(values.map((value) => ({ format: ser, value })))
}

/** Texts that go through the format in Perl's hands too: what its text formats keep is bytes. */
function texts({ isText, ser }: Format): string[] {
  const latin = ['plain', 'it\'s \\ "$x @y"', 'caf\xe9 \xff', '007', '']
  return isText === true || ser === 'ft' ? latin : [...latin, '\u65e5\u672c \u{1f600}', 'caf\xe9 \u263a']
}

/** Whether the format keeps classes and what is one object. */
function keepsObjects({ profile }: Format): boolean {
  return profile.references?.includes('object') === true
}

interface Shared {
  readonly count: number | string
  readonly list: string[]
  readonly text: string
  readonly object: Blessed
  readonly again: Blessed[]
}

async function ourTurn(options: SessionOptions, round: number, found: string, text: string): Promise<void> {
  await using session = await Session.open<Shared>(options)
  expect(session.isNew).toBe(false)
  expect(session.param('text')).toBe(found)
  session.param('count', Number(session.param('count')) + 1)
  session.param('text', text)
  const list = session.param('list') as string[]
  list.push(`node ${round}`)
  if (list.length > 10) list.shift()
  const counter = session.param('object')?.value as { n: number | string } | undefined
  if (counter !== undefined) counter.n = Number(counter.n) + 1
}

describe.skipIf(perl === undefined)('Perl and we take turns on one session', () => {
  // Side by side, for each of the two only waits for the other.
  test.concurrent.each(formats)('$name', { timeout: 120_000 }, async (format) => {
    const { name, ser, rules } = format
    const directory = mkdtempSync(join(folder, name))
    const options = { type: `driver:File;id:Static;serialize:${name}`, id, directory, shared: true }
    const partner = partnerAt(join(directory, `cgisess_${id}`), ser)
    const object = new Blessed('My::Counter', { n: 0 })
    const start = {
      kept: await untouched(format),
      ...(keepsObjects(format) ? { object, again: [object] } : {}),
    }
    const { kept } = await partner.ask({ start: notation(start, format.given), id })
    const words = texts(format)
    const word = (turn: number): string => words[turn % words.length] as string
    let text = ''
    for (let round = 1; round <= rounds; round++) {
      const [theirs, ours] = [word(round), word(round + 3)]
      const { count } = await partner.ask({ text: pointsOf(theirs), found: pointsOf(text), round })
      expect(Number(count)).toBe(2 * round - 1)
      await ourTurn(options, round, theirs, ours)
      text = ours
    }

    const end = await partner.ask({ end: 1 })
    expect(end.kept).toEqual(kept)
    expect(end.together).toBe(1)
    const list = Array.from(
      { length: 10 },
      (_, index) => `${index % 2 === 0 ? 'perl' : 'node'} ${rounds - 4 + Math.floor(index / 2)}`,
    )
    const expected = {
      count: 2 * rounds,
      list,
      text,
      object: keepsObjects(format) ? new Blessed('My::Counter', { n: 2 * rounds }) : null,
    }
    expect(end.session).toEqual(notation(expected, rules))
    expect(readdirSync(directory)).toEqual([`cgisess_${id}`])
    await partner.end()
  })
})
