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

/** How this hash is locked in Perl; undefined when it is not. Locks bind Perl programs; JavaScript may change anything. */
export function restrictionOf(hash: object): Restriction | undefined {
  return restrictions.get(hash)
}

/** Locks a hash for Perl: by default its present keys are the only ones, and their values can be changed. */
export function restrict(hash: object, restriction: Partial<Restriction> = {}): void {
  const { readonlyKeys = new Set(), allowedKeys = new Set() } = restriction
  restrictions.set(hash, { readonlyKeys, allowedKeys })
}

/** Takes the lock off. */
export function unrestrict(hash: object): void {
  restrictions.delete(hash)
}

const weakElements = new WeakMap<Container, Map<string | number, object>>()

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
  const known = weakElements.get(container)
  if (known === undefined) weakElements.set(container, new Map([[key, value]]))
  else known.set(key, value)
}

const scalars = new WeakMap<
  Container,
  Map<string | number, { readonly value: unknown; readonly scalar: object }>
>()

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
  const known = scalars.get(container)
  if (known === undefined) scalars.set(container, new Map([[key, alias]]))
  else known.set(key, alias)
}
