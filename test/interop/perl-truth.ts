import fc from 'fast-check'
import { expect } from 'vitest'
import type { Serializer } from '../../src/contracts/serializer.ts'
import { goldenRecords, goldenSessions, type GoldenSerializer } from '../serializers/golden.ts'
import { type Notation, type NotationRules, notation } from './notation.ts'
import type { Answer, Perl } from './perl.ts'
import { decoded, isBeyondAscii } from './perl-octets.ts'
import { type Profile, sessions } from './values.ts'

const seed = Number(process.env['FC_SEED'] ?? 20231114)

/** One of our serializers, and the Perl module that must agree with it. */
export interface Format {
  readonly name: string
  readonly ser: GoldenSerializer
  readonly serializer: Serializer
  /** What may be written. */
  readonly profile: Profile
  /** What Perl can write and read again, when that is less. */
  readonly perlProfile?: Profile
  /** What Perl is to see of our values. */
  readonly rules: NotationRules
  /** What Perl is given to write; default: each thing as it is, Perl's own booleans included. */
  readonly given?: NotationRules
  /** Settings of Data::Dumper, one for each value in turn. */
  readonly settings?: readonly Readonly<Record<string, string | number>>[]
  /** Perl's records are read; what is written is not for this module. */
  readonly isReadOnly?: true
  /** The golden records that cannot go back as they came when they are written anew. */
  readonly lost?: readonly string[]
  /** A text format: an image that is valid UTF-8 is read as such here, while Perl sees its octets. */
  readonly isText?: true
  /** Whether this is one of the images that Perl's module writes and cannot read. */
  readonly isBroken?: (image: Buffer) => boolean
  /** Whether what Perl reads in this image is no measure: not what it wrote, or one of two things that it may mean. */
  readonly isUnclear?: (image: Buffer) => boolean
  /** Whether Perl reads something else than was written, and we may read the one or the other. */
  readonly isAmbiguous?: (image: Buffer) => boolean
}

type Session = Record<string, unknown>

/** What is wrong with one value; undefined when nothing is. */
type Verdict = string | undefined

const batchSize = 100

/** What we write, read by Perl and by us: strictly what was meant. */
export async function perlReadsOurs(perl: Perl, format: Format, count: number): Promise<void> {
  const { ser, serializer, rules, profile } = format
  await forAll(sessions(profile), count, async (batch) => {
    const images = batch.map((value) => serializer.freeze(value))
    const answers = await perl.askAll(images.map((image) => ({ format: ser, image })))
    return batch.map((value, index): Verdict => {
      const image = images[index] as Uint8Array
      const read = answers[index]
      return (
        differ('Perl reads', read?.value ?? read?.error, notation(value, rules), image) ??
        differ('we read', notation(serializer.thaw(image)), notation(value), image)
      )
    })
  })
}

/** What Perl writes, read by us as Perl reads it; and written back untouched, the same for Perl. */
export async function weReadPerls(perl: Perl, format: Format, count: number): Promise<void> {
  const { ser, given = {}, perlProfile = format.profile, settings = [{}] } = format
  let turn = 0
  await forAll(sessions(perlProfile), count, async (batch) => {
    const values = batch.map((value) => notation(value, given))
    const written = await perl.askAll(
      values.map((value) => ({ format: ser, value, settings: settings[turn++ % settings.length] ?? {} })),
    )
    const verdicts = written.map(
      (answer, index) =>
        asPerlReads(format, answer) ??
        differ('Perl was given', answer.original, values[index] as Notation, answer.image),
    )
    return format.isReadOnly === true ? verdicts : rewritten(perl, format, written, verdicts)
  })
}

function asPerlReads(format: Format, { image, dumped, reread, error, unreadable }: Answer): Verdict {
  if (error !== undefined) return `Perl does not write it: ${error}`
  if (reread === undefined) {
    return format.isBroken?.(image) === true ? undefined : `Perl does not read what it wrote: ${unreadable}`
  }
  if (format.isUnclear?.(image) === true) return undefined
  const meant = format.isText === true && isBeyondAscii(image) ? decoded(reread) : reread
  const read = notation(format.serializer.thaw(image), format.rules)
  const verdict = differ('we read', read, meant, image)
  const isOriginal =
    format.isAmbiguous?.(image) === true && differ('', read, dumped ?? undefined, image) === undefined
  return isOriginal ? undefined : verdict
}

async function rewritten(
  perl: Perl,
  format: Format,
  written: readonly Answer[],
  verdicts: Verdict[],
): Promise<Verdict[]> {
  const { ser, serializer, rules } = format
  const sound = written.flatMap(({ image, reread }, index) => {
    if (verdicts[index] !== undefined || reread === undefined) return []
    if (format.isUnclear?.(image) === true) return []
    const isOurs = format.isAmbiguous?.(image) === true
    const before = isOurs ? notation(serializer.thaw(image), rules) : reread
    return [{ index, before, image: writeBack(serializer, image, index % 2 === 0 ? 'anew' : 'copied') }]
  })
  const answers = await perl.askAll(sound.map(({ image }) => ({ format: ser, image })))
  sound.forEach(({ index, before, image }, turn) => {
    const read = answers[turn]?.value ?? answers[turn]?.error
    verdicts[index] = untouched('Perl reads again', read, before, format, image)
  })
  return verdicts
}

/** The same as before; or, what was the octets of text has become that text, all of it. */
function untouched(
  what: string,
  read: Notation | string | undefined,
  before: Notation,
  { isText }: Pick<Format, 'isText'>,
  image: Uint8Array,
): Verdict {
  const verdict = differ(what, read, before, image)
  const mayBeDecoded = isText === true && verdict !== undefined
  return mayBeDecoded && differ(what, read, decoded(before), image) === undefined ? undefined : verdict
}

interface GoldenImage {
  readonly name: string
  readonly image: Buffer
  /** Whether Perl could read it. */
  readonly isReadable: boolean
}

interface CheckedImage extends GoldenImage {
  /** What Perl reads. */
  readonly value: Notation
}

/** Which sessions were stored with which module. */
const storedWith: Partial<Record<GoldenSerializer, readonly string[]>> = {
  dd: ['Data::Session DataDumper'],
  cgidd: ['CGI::Session default'],
  st: ['Data::Session Storable', 'CGI::Session storable'],
  nst: ['Apache::Session Storable'],
  ft: ['Data::Session FreezeThaw', 'CGI::Session freezethaw'],
  json: ['Data::Session JSON'],
  jsonpp: ['Concierge::Sessions JSON::PP'],
  cgijson: ['CGI::Session json'],
  yamlt: ['Data::Session YAML'],
  syck: ['CGI::Session yaml'],
  apb64: ['Apache::Session Base64'],
  apuu: ['Apache::Session UUEncode'],
  apsyb: ['Apache::Session Sybase'],
}

function goldenImages(ser: GoldenSerializer): GoldenImage[] {
  const stored = goldenSessions().filter(({ module, serializer }) =>
    storedWith[ser]?.includes(`${module} ${serializer}`),
  )
  return [
    ...goldenRecords(ser).map(({ name, image, read }) => ({ name, image, isReadable: read !== undefined })),
    // In a text column lie other bytes than those that Perl gets.
    ...stored.flatMap(({ id, driver, image, loaded }) =>
      image === undefined
        ? []
        : [{ name: id, image, isReadable: loaded !== undefined && !driver.endsWith('-text') }],
    ),
  ]
}

/**
 * The golden records and sessions, read and written back untouched: the same for Perl as before. Where nothing is
 * written: read by us as by Perl. Answers how many are sessions, and what is wrong with which.
 */
export async function goldenForPerl(
  perl: Perl,
  format: Pick<Format, 'ser' | 'serializer' | 'isText' | 'isReadOnly' | 'isUnclear'> & Partial<Format>,
): Promise<{ readonly checked: number; readonly wrong: string[] }> {
  const { ser, serializer } = format
  const images = goldenImages(ser).filter(({ image }) => format.isUnclear?.(image) !== true)
  const before = await perl.askAll(images.map(({ image }) => ({ format: ser, image })))
  const wrong: string[] = []
  const checked = images.flatMap((golden, index): CheckedImage[] => {
    const { value, error } = before[index] ?? {}
    if (value === undefined && golden.isReadable)
      wrong.push(`${golden.name}: Perl does not read it: ${error}`)
    return value !== undefined && isHash(value) ? [{ ...golden, value }] : []
  })
  const compare = (golden: CheckedImage, found: Notation | string | undefined): void => {
    const verdict = untouched('found', found, golden.value, format, golden.image)
    if (verdict !== undefined) wrong.push(`${golden.name}: ${verdict}`)
  }
  if (format.isReadOnly === true) {
    for (const golden of checked) compare(golden, notation(serializer.thaw(golden.image), format.rules))
  } else {
    const written = writtenBack(serializer, checked, format.lost)
    const after = await perl.askAll(written.map(({ image }) => ({ format: ser, image })))
    written.forEach(({ golden }, index) => compare(golden, after[index]?.value ?? after[index]?.error))
  }
  return { checked: checked.length, wrong }
}

/** Anew and, where that makes a difference, copied. */
function writtenBack(
  serializer: Serializer,
  images: readonly CheckedImage[],
  lost: readonly string[] = [],
): { readonly golden: CheckedImage; readonly image: Uint8Array }[] {
  return images.flatMap((golden) => {
    const anew = writeBack(serializer, golden.image, 'anew')
    const copied = writeBack(serializer, golden.image, 'copied')
    const images = lost.includes(golden.name) ? [] : [anew]
    if (!Buffer.from(anew).equals(copied)) images.push(copied)
    return images.map((image) => ({ golden, image }))
  })
}

function isHash([kind]: Notation): boolean {
  return kind === 'hash' || kind === 'locked hash'
}

/**
 * Reads an image and writes it, with nothing changed: anew, as what lies beside a change within one parameter, or with
 * each parameter copied where the serializer can do that.
 */
export function writeBack(serializer: Serializer, image: Uint8Array, way: 'anew' | 'copied'): Uint8Array {
  const hash = serializer.thaw(image)
  return serializer.refreeze?.(hash, image, () => way === 'copied') ?? serializer.freeze(hash)
}

/** Undefined when both are the same; else where they part. */
export function differ(
  what: string,
  found: Notation | string | undefined,
  expected: Notation | undefined,
  image: Uint8Array,
): Verdict {
  const [one, other] = [JSON.stringify(found) ?? 'nothing', JSON.stringify(expected) ?? 'nothing']
  if (one === other) return undefined
  let at = 0
  while (one[at] === other[at]) at++
  const part = (text: string): string =>
    text.length < 300 ? text : `…${text.slice(Math.max(0, at - 100), at + 100)}…`
  const hex = Buffer.from(image).toString('hex')
  return `${what}\n  ${part(one)}\nexpected\n  ${part(other)}\nimage ${hex.slice(0, 600)}`
}

/**
 * Checks this many values, in batches, since to ask Perl takes longer than the answer. Of those that fail the one with
 * the shortest story is shown.
 */
export async function forAll(
  values: fc.Arbitrary<Session>,
  count: number,
  check: (batch: Session[]) => Promise<Verdict[]>,
): Promise<void> {
  const samples = fc.sample(values, { numRuns: count, seed })
  const failures: string[] = []
  for (let start = 0; start < count; start += batchSize) {
    const verdicts = await check(samples.slice(start, start + batchSize))
    for (const verdict of verdicts) if (verdict !== undefined) failures.push(verdict)
  }
  const [shortest] = failures.sort((a, b) => a.length - b.length)
  if (shortest !== undefined) expect.fail(`${failures.length} of ${count} values: ${shortest}`)
}
