import { isPlainObject } from '../../src/hash.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'

/**
 * A value as nested lists that both languages make alike: types, shared references and references to elements
 * included. Text is its code points; references are numbered as they are met, hash keys being in order.
 */
export type Notation = readonly [kind: string, ...rest: (string | number | Notation | readonly unknown[])[]]

interface State {
  readonly paths: Map<object, string>
  readonly numbers: Map<object, number>
  readonly written: Notation
}

/** @param written what Perl is to make of `true`: by default what `!!1` is to it, a text first of all. */
export function notation(value: unknown, written: Notation = ['string', '49']): Notation {
  const paths = new Map<object, string>()
  locate(value, 'D', paths)
  return describe(value, { paths, numbers: new Map(), written })
}

function text(value: string | PerlString): string {
  const points =
    typeof value === 'string' ? Array.from(value, (c) => c.codePointAt(0) ?? 0) : value.codePoints
  return points.join(' ')
}

function ordered(hash: Record<string, unknown>): string[] {
  const order = (key: string) =>
    Array.from(key, (c) => (c.codePointAt(0) ?? 0).toString(16).padStart(8, '0')).join('')
  return Object.keys(hash).sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** Where each container is met first. */
function locate(value: unknown, path: string, paths: Map<object, string>): void {
  const referent = value instanceof Blessed ? value.value : value
  if (typeof referent !== 'object' || referent === null || paths.has(referent)) return
  paths.set(referent, path)
  if (Array.isArray(referent))
    referent.forEach((element, index) => locate(element, `${path}[${index}]`, paths))
  else if (referent instanceof ScalarRef) locate(referent.value, `${path}$`, paths)
  else if (isPlainObject(referent)) {
    for (const key of ordered(referent)) locate(referent[key], `${path}{${text(key)}}`, paths)
  }
}

function describe(value: unknown, state: State): Notation {
  if (typeof value !== 'object' || value === null || value instanceof PerlString) return scalar(value, state)
  if (value instanceof VString) return ['vstring', value.literal.replace(/^v/, '')]
  if (value instanceof Glob) return ['glob', text(value.name.replace(/^::/, ''))]
  const referent = value instanceof Blessed ? value.value : value
  if (referent instanceof ScalarRef && referent.element !== undefined) {
    const { container, key } = referent.element
    const path = state.paths.get(container)
    const element: Notation = ['element', path ?? 'nowhere', typeof key === 'number' ? key : text(key)]
    return value instanceof Blessed ? ['object', text(value.className), element] : element
  }
  if (value instanceof ScalarRef && value.value instanceof Glob)
    return ['globref', describe(value.value, state)]
  const known = state.numbers.get(referent)
  if (known !== undefined) return ['same', known]
  const number = state.numbers.size
  state.numbers.set(referent, number)
  if (referent instanceof JsonBoolean) {
    return ['object', text('JSON::PP::Boolean'), ['ref', number, ['integer', referent.value ? '1' : '0']]]
  }
  const inner = reference(referent, number, state)
  return value instanceof Blessed ? ['object', text(value.className), inner] : inner
}

function reference(referent: object, number: number, state: State): Notation {
  if (Array.isArray(referent)) return ['array', number, referent.map((element) => describe(element, state))]
  if (referent instanceof ScalarRef) return ['ref', number, describe(referent.value, state)]
  if (referent instanceof Regexp) return ['regexp', number, text(referent.pattern), referent.flags]
  if (referent instanceof Code) return ['code', number]
  const hash = referent as Record<string, unknown>
  return ['hash', number, ordered(hash).map((key) => [text(key), describe(hash[key], state)])]
}

function scalar(value: unknown, { written }: State): Notation {
  if (value === null || value === undefined) return ['undef']
  if (typeof value === 'string' || value instanceof PerlString) return ['string', text(value)]
  if (typeof value === 'boolean') return value ? written : ['string', '']
  if (typeof value === 'bigint') return ['integer', String(value)]
  const number = value as number
  if (Number.isSafeInteger(number) && !Object.is(number, -0)) return ['integer', String(number)]
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(number)
  return ['double', bytes.toString('hex')]
}
