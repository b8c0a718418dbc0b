import { FreezeError } from '../errors.ts'
import { isPlainObject, setKey } from '../hash.ts'
import { isOneValue, ONE_VALUE } from '../one-value.ts'
import type { Session } from '../session.ts'

/**
 * A session's parameters as one value, which the program may change in place: what was changed is found out by
 * comparison.
 */
export class LiveData {
  readonly #session: Session
  #value: unknown
  /** The parameters as the session and the value have both known them; undefined before anybody asks for the value. */
  #known: Map<string, unknown> | undefined
  #isReplaced = false

  /**
   * @param given what a new session is to begin with
   * @throws FreezeError
   */
  constructor(session: Session, given?: unknown) {
    this.#session = session
    if (given !== undefined) this.replace(given)
    this.#isReplaced = false
  }

  /** The same object until it is replaced. */
  get value(): unknown {
    if (this.#known === undefined) this.#read()
    return this.#value
  }

  /** Whether it differs from what is stored, or was replaced. */
  get isChanged(): boolean {
    if (this.#isReplaced) return true
    this.#tell()
    return this.#session.modified
  }

  /** @throws FreezeError for what the session cannot have; it keeps the value that it had */
  replace(value: unknown): void {
    const before = this.value
    const wasModified = this.#session.modified
    this.#known = paramsOf(this.#session)
    this.#value = isFalse(value) ? {} : value
    try {
      this.#tell()
      this.#isReplaced = true
    } catch (error) {
      this.#value = before
      this.#tell()
      if (!wasModified) this.#session.modified = false
      throw error
    }
  }

  /**
   * Stores what has changed, and that there was an access. What others have stored meanwhile stays, and is in the value
   * from then on; not so where the value was replaced.
   *
   * @throws what `Session.touch` throws
   */
  async store(): Promise<boolean> {
    if (this.#isReplaced) this.#known = paramsOf(this.#session)
    this.#tell()
    const isReplaced = this.#isReplaced
    this.#isReplaced = false
    try {
      const isStored = await this.#session.touch(isReplaced ? 'overwrite' : undefined)
      this.#hear()
      return isStored
    } catch (error) {
      this.#isReplaced ||= isReplaced
      throw error
    }
  }

  #read(): void {
    this.#known = paramsOf(this.#session)
    this.#value = valueOf(this.#known)
  }

  /**
   * Tells the session what has changed in the value.
   *
   * @throws FreezeError
   */
  #tell(): void {
    const known = this.#known
    if (known === undefined) return
    const params = this.#paramsNow()
    for (const name of known.keys()) {
      if (params.has(name)) continue
      this.#session.clear(name)
      known.delete(name)
    }
    for (const [name, value] of params) {
      if (known.has(name) && Object.is(known.get(name), value)) continue
      this.#session.param(name, value)
      known.set(name, value)
    }
  }

  #paramsNow(): ReadonlyMap<string, unknown> {
    const value = this.#value
    if (!isPlainObject(value)) return new Map([[ONE_VALUE, value]])
    // As JSON has it, what is undefined is not there.
    const params = new Map(Object.entries(value).filter(([, item]) => item !== undefined))
    for (const name of params.keys()) {
      if (this.#session.isReserved(name)) {
        throw new FreezeError('The layout', 'a value under a name that it needs for itself', {
          parameter: name,
        })
      }
    }
    // It would be taken for that value by itself.
    if (isOneValue(params)) throw new FreezeError('A session', "an object with nothing but the key ''")
    return params
  }

  /** Hears from the session what others have changed. */
  #hear(): void {
    const known = this.#known
    if (known === undefined || this.#isReplaced) return
    const params = paramsOf(this.#session)
    const names = new Set([...known.keys(), ...params.keys()])
    const changed = [...names].filter((name) => !Object.is(known.get(name), params.get(name)))
    if (changed.length === 0) return
    const value = this.#value
    if (!isPlainObject(value) || isOneValue(params)) return this.#read()
    for (const name of changed) {
      // What the program has changed since then is for the next time.
      const now = Object.hasOwn(value, name) ? value[name] : undefined
      const isMine = !Object.is(now, known.get(name))
      if (params.has(name)) {
        known.set(name, params.get(name))
        if (!isMine) setKey(value, name, params.get(name))
      } else {
        known.delete(name)
        if (!isMine) delete value[name]
      }
    }
  }
}

function paramsOf(session: Session): Map<string, unknown> {
  return new Map(session.param().map((name) => [name, session.param(name)]))
}

function valueOf(params: ReadonlyMap<string, unknown>): unknown {
  if (isOneValue(params)) return params.get(ONE_VALUE)
  const value = {}
  for (const [name, item] of params) setKey(value, name, item)
  return value
}

/** What Concierge::Sessions takes for no data. */
function isFalse(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === 0 || value === ''
}
