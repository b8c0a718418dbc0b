/**
 * What Perl keeps on a value beside what is in it, and JavaScript has no place for: a hash that is locked, a
 * reference that is weak, two elements that are one scalar. The values themselves stay plain. A mark lasts as long as
 * its object: a copy (`structuredClone`, a spread) has none.
 */
type Container = Record<string, unknown> | unknown[] | object

/** What `Hash::Util::lock_hash` and its relatives do to a hash: no other keys than these can be set by Perl. */
export interface Restriction {
  /** Keys whose values cannot be changed. */
  readonly readonlyKeys: ReadonlySet<string>
  /** Keys that may be set, and are not there now. */
  readonly allowedKeys: ReadonlySet<string>
}

const restrictions = new WeakMap<object, Restriction>()
/** Whether there has ever been such a mark: most programs never see one, and need not look. */
let anyRestrictions = false

export function hasRestrictions(): boolean {
  return anyRestrictions
}

/** How this hash is locked in Perl; undefined when it is not. Locks bind Perl programs; JavaScript may change anything. */
export function restrictionOf(hash: object): Restriction | undefined {
  return restrictions.get(hash)
}

/** Locks a hash for Perl: by default its present keys are the only ones, and their values can be changed. */
export function restrict(hash: object, restriction: Partial<Restriction> = {}): void {
  const { readonlyKeys = new Set(), allowedKeys = new Set() } = restriction
  anyRestrictions = true
  restrictions.set(hash, { readonlyKeys, allowedKeys })
}

/** Takes the lock off. */
export function unrestrict(hash: object): void {
  restrictions.delete(hash)
}

const weakElements = new WeakMap<Container, Map<string | number, object>>()
let anyWeak = false

export function hasWeak(): boolean {
  return anyWeak
}

/**
 * Whether the reference in this element (or in a `ScalarRef`, under the key `value`) is a weak one in Perl. Another
 * value that is put there is not.
 */
export function isWeak(container: Container, key: string | number): boolean {
  const weak = weakElements.get(container)?.get(key)
  return weak !== undefined && weak === (container as Record<string | number, unknown>)[key]
}

/** Makes the reference in this element a weak one, as `Scalar::Util::weaken` does: a child's to its parent. */
export function weaken(container: Container, key: string | number): void {
  const value = (container as Record<string | number, unknown>)[key]
  if (typeof value !== 'object' || value === null) return
  anyWeak = true
  const known = weakElements.get(container)
  if (known === undefined) weakElements.set(container, new Map([[key, value]]))
  else known.set(key, value)
}

const overloaded = new WeakSet<object>()

/**
 * Whether references to this object were written as of a class that overloads operators. Storable notes it with each
 * reference, and loads the class where it finds it.
 */
export function isOverloaded(object: object): boolean {
  return overloaded.has(object)
}

export function overload(object: object): void {
  overloaded.add(object)
}

const scalars = new WeakMap<
  Container,
  Map<string | number, { readonly value: unknown; readonly scalar: object }>
>()

let anyAliases = false

export function hasAliases(): boolean {
  return anyAliases
}

/**
 * The scalar of an element that is one with another element's: an object that both have in common. undefined when
 * there is no such thing, or when the element was changed here.
 */
export function aliasOf(container: Container, key: string | number): object | undefined {
  const alias = scalars.get(container)?.get(key)
  if (alias === undefined) return undefined
  return Object.is(alias.value, (container as Record<string | number, unknown>)[key])
    ? alias.scalar
    : undefined
}

/** Notes that this element is the scalar that `scalar` stands for. */
export function setAlias(container: Container, key: string | number, scalar: object): void {
  const alias = { value: (container as Record<string | number, unknown>)[key], scalar }
  anyAliases = true
  const known = scalars.get(container)
  if (known === undefined) scalars.set(container, new Map([[key, alias]]))
  else known.set(key, alias)
}

const texts = new WeakMap<Container, Map<string | number, unknown>>()
let anyTexts = false

export function hasTexts(): boolean {
  return anyTexts
}

/**
 * The strings in a hash or array that Perl has as characters (with its UTF8 flag) although all of them would fit into
 * bytes, by their keys. Two such strings are equal to Perl, but some functions take them differently. A string that is
 * not here is written as bytes if it can be. Another value under the key does not count.
 */
export function textsOf(container: Container): ReadonlyMap<string | number, unknown> | undefined {
  return texts.get(container)
}

/** Notes that this element is such a string. */
export function markText(container: Container, key: string | number): void {
  anyTexts = true
  const value = (container as Record<string | number, unknown>)[key]
  const known = texts.get(container)
  if (known === undefined) texts.set(container, new Map([[key, value]]))
  else known.set(key, value)
}
