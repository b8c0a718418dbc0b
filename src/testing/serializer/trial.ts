import type { Hash, Serializer } from '../../contracts/serializer.ts'
import { isPlainObject, setKey } from '../../hash.ts'
import { fail, hasCode, shown } from '../assertions.ts'
import { sameValue } from './same-value.ts'

/** What a case of the serializer contract works with. */
export interface Trial {
  readonly serializer: Serializer

  /** Images that the format must refuse, from the setup. */
  readonly refused: readonly Uint8Array[]
}

export interface SerializerDraft {
  readonly group: string
  readonly title: string
  readonly body: (trial: Trial) => string | undefined | void
}

export function chapter(
  group: string,
  bodies: Readonly<Record<string, SerializerDraft['body']>>,
): SerializerDraft[] {
  return Object.entries(bodies).map(([title, body]) => ({ group, title, body }))
}

/** A hash of one key, which may be `__proto__`. */
export function hashOf(key: string, value: unknown): Hash {
  const hash: Hash = {}
  setKey(hash, key, value)
  return hash
}

/** As the session does it: each value is checked when it is set, the whole is frozen later. */
export function freezeChecked(serializer: Serializer, hash: Hash): Uint8Array | undefined {
  try {
    for (const value of Object.values(hash)) serializer.checkValue?.(value)
    return serializer.freeze(hash)
  } catch (error) {
    if (hasCode(error, 'ERR_SESSION_FREEZE')) return undefined
    return fail(`freeze(${shown(hash)}) threw something else than a FreezeError: ${shown(error)}`)
  }
}

/** The value comes back as it was, at the top, in a list and in a hash. */
export function expectKept(serializer: Serializer, value: unknown): void {
  for (const hash of [{ key: value }, { list: [value, [value]], inner: { key: value } }]) {
    const image = freezeChecked(serializer, hash)
    if (image === undefined) fail(`freeze(${shown(hash)}) refuses what it must keep`)
    expectBack(serializer, hash, image)
  }
}

/** The value comes back as it was, or freezing refuses it. */
export function expectKeptOrRefused(serializer: Serializer, value: unknown): void {
  for (const hash of [{ key: value }, { list: [value] }, { inner: { key: value } }]) {
    const image = freezeChecked(serializer, hash)
    if (image !== undefined) expectBack(serializer, hash, image)
  }
}

export function expectBack(serializer: Serializer, hash: Hash, image: Uint8Array): void {
  const back = thawOrRefuse(serializer, image)
  if (back !== undefined && sameValue(back, hash)) return
  const answer = back === undefined ? 'threw a ThawError' : `answered ${shown(back)}`
  fail(`thaw(${shown(image)}), which is freeze(${shown(hash)}), ${answer}`)
}

/** Either a hash, or `undefined` for a `ThawError`; whatever else fails the case. */
export function thawOrRefuse(serializer: Serializer, image: Uint8Array): Hash | undefined {
  let hash: unknown
  try {
    hash = serializer.thaw(image)
  } catch (error) {
    if (hasCode(error, 'ERR_SESSION_THAW')) return undefined
    fail(`thaw(${shown(image)}) threw something else than a ThawError: ${shown(error)}`)
  }
  if (isPlainObject(hash)) return hash
  return fail(`thaw(${shown(image)}) answered ${shown(hash)}, which is no hash`)
}
