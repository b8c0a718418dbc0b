import { expect } from 'vitest'
import { isPlainObject } from '../../src/hash.ts'
import { Blessed, Code, JsonBoolean, PerlString, Regexp, ScalarRef, VString } from '../../src/perl/values.ts'

/**
 * What a record means in Perl, as far as Data::Dumper keeps it. `id`: a hash or array that occurs again as `same`;
 * `cid`: an element that a reference points `to`.
 */
export interface Meaning {
  readonly t: string
  readonly v?: unknown
  readonly b64?: string
  readonly cps?: readonly number[]
  readonly pat?: string
  readonly flags?: string
  readonly bless?: string
  readonly id?: number
  readonly cid?: number
  readonly to?: number
}

/** Expects that the value is what the record means, types and shared references included. */
export function expectMeaning(value: unknown, meaning: Meaning): void {
  const shared = new Map<number, unknown>()
  const elements = new Map<number, { container: unknown; key: string | number }>()
  const references: [ScalarRef, number][] = []
  const seen = new Set<unknown>()

  function compare(
    value: unknown,
    meaning: Meaning,
    path: string,
    container: unknown,
    key: string | number,
  ): void {
    if (meaning.cid !== undefined) elements.set(meaning.cid, { container, key })
    if (meaning.t === 'same') {
      expect(value, path).toBe(shared.get(meaning.id ?? 0))
      return
    }
    if (meaning.id !== undefined) shared.set(meaning.id, value)
    if (typeof value === 'object' && value !== null) {
      expect(seen.has(value), `${path} occurs once`).toBe(false)
      seen.add(value)
    }
    let inner = value
    if (meaning.bless !== undefined) {
      expect(value, path).toBeInstanceOf(Blessed)
      expect((value as Blessed).className, path).toBe(meaning.bless)
      inner = (value as Blessed).value
    }
    compareUnblessed(inner, meaning, path)
  }

  function compareUnblessed(value: unknown, meaning: Meaning, path: string): void {
    switch (meaning.t) {
      case 'hash': {
        const pairs = meaning.v as [string, Meaning][]
        expect(isPlainObject(value), path).toBe(true)
        const hash = value as Record<string, unknown>
        expect(Object.keys(hash).sort(), path).toEqual(pairs.map(([key]) => key).sort())
        for (const [key, element] of pairs) compare(hash[key], element, `${path}{${key}}`, hash, key)
        return
      }
      case 'array': {
        const elements = meaning.v as Meaning[]
        expect(Array.isArray(value), path).toBe(true)
        const array = value as unknown[]
        expect(array.length, path).toBe(elements.length)
        elements.forEach((element, index) =>
          compare(array[index], element, `${path}[${index}]`, array, index),
        )
        return
      }
      case 'ref':
        expect(value, path).toBeInstanceOf(ScalarRef)
        if (meaning.to === undefined) {
          compare((value as ScalarRef).value, meaning.v as Meaning, `\\${path}`, undefined, 0)
        } else {
          references.push([value as ScalarRef, meaning.to])
        }
        return
      default:
        expect(value, path).toEqual(plain(meaning))
    }
  }

  compare(value, meaning, '$D', undefined, 0)
  for (const [reference, to] of references) {
    expect(reference.element?.container).toBe(elements.get(to)?.container)
    expect(reference.element?.key).toBe(elements.get(to)?.key)
  }
}

function plain(meaning: Meaning): unknown {
  switch (meaning.t) {
    case 'undef':
    case 'hole':
      return null
    case 'int':
      return Number(meaning.v)
    case 'str':
      return meaning.cps === undefined ? String(meaning.v) : new PerlString(meaning.cps)
    case 'bytes':
      return Buffer.from(meaning.b64 ?? '', 'base64').toString('latin1')
    case 'jsonbool':
      return new JsonBoolean(meaning.v === true)
    case 'regexp':
      return new Regexp(meaning.pat ?? '', meaning.flags)
    case 'vstring':
      return new VString(`v${String(meaning.v)}`)
    case 'code':
      return new Code()
    default:
      throw new Error(`no rule for ${meaning.t}`)
  }
}
