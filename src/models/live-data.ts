import { FreezeError } from '../errors.ts'
import { isPlainObject, setKey } from '../hash.ts'
import { isOneValue, ONE_VALUE } from '../one-value.ts'
import type { Session } from '../session.ts'

type Params = ReadonlyMap<string, unknown>

const NOT_READ = Symbol('not read')

/**
 * A session's parameters as one value, which the program may change in place: what was changed is found out by
 * comparison.
 */
export class LiveData {
  readonly #session: Session
  #value: unknown = NOT_READ
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
    if (this.#value === NOT_READ) this.#value = valueOf(paramsOf(this.#session))
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
    const told = this.#tell()
    const isReplaced = this.#isReplaced
    this.#isReplaced = false
    try {
      const isStored = await this.#session.touch(isReplaced ? 'overwrite' : undefined)
      this.#takeOver(told)
      return isStored
    } catch (error) {
      this.#isReplaced ||= isReplaced
      throw error
    }
  }

  /**
   * Makes the session's parameters what the value is now.
   *
   * @returns the parameters
   * @throws FreezeError
   */
  #tell(): Params {
    const session = this.#session
    if (this.#value === NOT_READ) return paramsOf(session)
    const params = this.#paramsNow()
    for (const name of session.param()) if (!params.has(name)) session.clear(name)
    for (const [name, value] of params) {
      if (!Object.is(session.param(name), value)) session.param(name, value)
    }
    return params
  }

  #paramsNow(): Params {
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

  /** @param told what the session had before it heard of others */
  #takeOver(told: Params): void {
    const value = this.#value
    const params = paramsOf(this.#session)
    const names = new Set([...told.keys(), ...params.keys()])
    const changed = [...names].filter((name) => !Object.is(told.get(name), params.get(name)))
    if (value === NOT_READ || changed.length === 0) return
    if (!isPlainObject(value) || isOneValue(params)) {
      if (!this.#isReplaced) this.#value = valueOf(params)
      return
    }
    for (const name of changed) {
      // What the program has changed since then is for the next time.
      const now = Object.hasOwn(value, name) ? value[name] : undefined
      if (!Object.is(now, told.get(name))) continue
      if (params.has(name)) setKey(value, name, params.get(name))
      else delete value[name]
    }
  }
}

function paramsOf(session: Session): Params {
  return new Map(session.param().map((name) => [name, session.param(name)]))
}

function valueOf(params: Params): unknown {
  if (isOneValue(params)) return params.get(ONE_VALUE)
  const value = {}
  for (const [name, item] of params) setKey(value, name, item)
  return value
}

/** What Concierge::Sessions takes for no data. */
function isFalse(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === 0 || value === ''
}
