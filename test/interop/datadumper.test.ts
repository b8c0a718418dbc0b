import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPlainObject, setKey } from '../../src/hash.ts'
import { maxDepth } from '../../src/perl/limits.ts'
import { parseDumper } from '../../src/perl/dumper-reader.ts'
import { writeDumper } from '../../src/perl/dumper-writer.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  isScalar,
  PerlString,
  type Referent,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'
import { type Notation, notation } from './datadumper-notation.ts'

const found = spawnSync('perl', ['-MData::Dumper', '-MSafe', '-MJSON::PP', '-e', '1']).status === 0
const required = process.env['CI_REQUIRE_ALL'] === '1'

interface Answer {
  readonly error?: string
  readonly value: Notation
  readonly image: string
  readonly original: Notation
  readonly reread: Notation | null
}

/** One Perl process that answers a line with a line. */
class Perl {
  private readonly child = spawn('perl', [new URL('datadumper.pl', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PERL_HASH_SEED: '0' },
  })
  private readonly lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()

  async ask(request: unknown): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await this.lines.next()
    if (line.done === true) throw new Error('perl has ended')
    const answer = JSON.parse(line.value) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  async end(): Promise<void> {
    this.child.stdin.end()
    await once(this.child, 'exit')
  }
}

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab01 _-:\'"\\$@{}[]#%\n\r\t\0/=>,;'.split('')) }),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      '"',
      '\\',
      '$',
      '\x1b',
      '\x80',
      '\xe9',
      '\xff',
      '\u0100',
      '\u263a',
      '\u{1f600}',
      '\ud800',
      '\ufffe',
    ),
  }),
)
const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', '0', '-1', '007', '1e3', 'toString', ''),
)
const className = fc.constantFrom('My::Class', 'Plain', 'A::B_1')
const pattern = fc.string({
  unit: fc.constantFrom('a', '/', '$', '\\$', '\\@', '\\\\', '|', ' ', '(b)', '\xe9', '\\d'),
})

const { value: tree } = fc.letrec<{ value: unknown; referent: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'large', withCrossShrink: true },
    fc.constant(null),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.boolean(),
    text,
    fc.constantFrom(new PerlString([0x110000, 97, 34]), new PerlString([0xd83d, 0xde00])),
    fc.constantFrom('1.22.333', '65', '1.2').map((version) => new VString(`v${version}`)),
    fc.string({ unit: fc.constantFrom(...'abcd $'.split('')), minLength: 12, maxLength: 12 }).map(fileHandle),
    fc.boolean().map((value) => new JsonBoolean(value)),
    fc.constant(null).map(() => new Code()),
    { weight: 6, arbitrary: tie('referent') },
    fc.tuple(className, tie('referent')).map(([name, inner]) => bless(name, inner)),
  ),
  referent: fc.oneof(
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
    { weight: 3, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 5 }) },
    tie('value').map((value) => new ScalarRef(value)),
    fc.tuple(pattern, fc.constantFrom('', 'i', 'msx')).map(([source, flags]) => new Regexp(source, flags)),
  ),
}))

function fileHandle(name: string): ScalarRef {
  return new ScalarRef(new Glob(`::FH${name}`))
}

function bless(name: string, value: unknown): unknown {
  const isReferent =
    isPlainObject(value) || Array.isArray(value) || value instanceof ScalarRef || value instanceof Regexp
  return isReferent ? new Blessed(name, value) : value
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Blessed) return new Blessed(value.className, copy(value.value) as Referent)
  if (value instanceof ScalarRef) return new ScalarRef(copy(value.value))
  if (!isPlainObject(value)) return value
  const hash = {}
  for (const key of Object.keys(value)) setKey(hash, key, copy(value[key]))
  return hash
}

/** Puts references to one part of a value, and to its elements, into other parts. */
function graft(value: unknown, links: readonly (readonly [number, number, boolean])[]): unknown {
  const containers: (unknown[] | Record<string, unknown>)[] = []
  const owners: unknown[] = []
  const collect = (value: unknown, owner: unknown): void => {
    if (value instanceof Blessed) collect(value.value, value)
    else if (value instanceof ScalarRef) collect(value.value, value.value)
    else if (Array.isArray(value) || isPlainObject(value)) {
      containers.push(value)
      owners.push(owner)
      for (const element of Object.values(value)) collect(element, element)
    }
  }
  collect(value, value)
  if (containers.length === 0) return value
  for (const [from, to, toElement] of links) {
    const source = containers[from % containers.length] as unknown[]
    const target = containers[to % containers.length] as unknown[]
    const first = Object.keys(source)[0]
    let link = owners[from % containers.length]
    if (toElement) {
      if (first === undefined || !isScalar((source as never)[first])) continue
      link = ScalarRef.to(source, Array.isArray(source) ? Number(first) : first)
    }
    if (Array.isArray(target)) target.push(link)
    else (target as Record<string, unknown>)[`link ${from} ${to}`] = link
  }
  return value
}

const session = fc.dictionary(key, tree, { minKeys: 3, maxKeys: 6 })
const links = fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.boolean()), { maxLength: 5 })
const value = fc.tuple(session, links).map(([session, links]) => graft(copy(session), links))

/** Like `toEqual`, and quick when they are. */
function expectSame(value: unknown, expected: unknown): void {
  if (JSON.stringify(value) !== JSON.stringify(expected)) expect(value).toEqual(expected)
}

describe.skipIf(!found && !required)('with live Perl', () => {
  let perl: Perl
  beforeAll(() => {
    perl = new Perl()
  })
  afterAll(() => perl.end())

  async function readByPerl(value: unknown): Promise<Notation> {
    return (await perl.ask({ image: Buffer.from(writeDumper(value)).toString('base64') })).value
  }

  test('Perl is there', () => {
    expect(found).toBe(true)
  })

  test('Perl reads what is written here', async () => {
    const property = fc.asyncProperty(value, async (value) => {
      expectSame(await readByPerl(value), notation(value))
      expectSame(notation(parseDumper(writeDumper(value))), notation(value))
    })
    await fc.assert(property, { numRuns: 150, seed: 20231114 })
  })

  // Not in the other direction: Data::Dumper forgets to escape the at sign, and Perl reads an array there.
  test('patterns with at signs, and with brackets behind signs', async () => {
    for (const source of [
      'a@b',
      '@',
      'a@',
      '@a@{b}',
      '@{[ 1 ]}',
      '@$x',
      '[@$]',
      'a$[b]',
      'a${2}b',
      '$->[0]@->{1}@-[2]',
      '$-$',
      '[$-z]',
      '\\@a\\\\@b',
      'a@b\xe9',
      '\\x{263a}@c',
    ]) {
      const regexp = new Regexp(source, source.includes('x{') ? 'u' : '')
      expectSame(await readByPerl([regexp]), notation([regexp]))
      expectSame(notation(parseDumper(writeDumper([regexp]))), notation([regexp]))
    }
  })

  const settings = fc.constantFrom(
    {},
    {},
    { Indent: 1 },
    { Indent: 3 },
    { Useqq: 1 },
    { Quotekeys: 0 },
    { Useqq: 1, Quotekeys: 0, Indent: 2 },
    { Trailingcomma: 1, Indent: 1 },
    { Pair: ', ' },
    { Useperl: 1 },
    { Deepcopy: 1 },
  )

  test('what Perl writes is read here as Perl reads it', async () => {
    const property = fc.asyncProperty(value, settings, async (value, settings) => {
      // Data::Dumper writes Perl's own true as the number 1, so that is what it gets.
      const answer = await perl.ask({ value: notation(value, ['integer', '1']), settings })
      const image = Buffer.from(answer.image, 'base64')
      // With a NUL in the key of a shared value Data::Dumper writes what Perl cannot read either.
      if (answer.reread === null && image.includes(0)) return
      const read = notation(parseDumper(image))
      // Data::Dumper may write an element as what an earlier reference points to. Perl then reads it as undef.
      if (image.includes('${$D')) expect([answer.reread, answer.original]).toContainEqual(read)
      else expectSame(read, answer.reread)
      expectSame(await readByPerl(parseDumper(image)), read)
    })
    await fc.assert(property, { numRuns: 150, seed: 20231114 })
  })

  test('Terse', async () => {
    const property = fc.asyncProperty(tree, async (value) => {
      const answer = await perl.ask({
        value: notation(value, ['integer', '1']),
        settings: { Terse: 1, Indent: 1 },
      })
      expect(notation(parseDumper(Buffer.from(answer.image, 'base64')))).toEqual(answer.reread)
    })
    await fc.assert(property, { numRuns: 50, seed: 20231114 })
  })

  test('the deepest value that may be written', async () => {
    let value: unknown = []
    for (let depth = 1; depth < maxDepth; depth++) value = depth % 2 === 0 ? [value] : { value }
    expectSame(await readByPerl(value), notation(value))
    const answer = await perl.ask({ value: notation(value), settings: {} })
    expectSame(notation(parseDumper(Buffer.from(answer.image, 'base64'))), notation(value))
  })
})
