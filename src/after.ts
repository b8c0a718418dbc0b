import type { Awaitable } from './contracts/awaitable.ts'

/** `next` of a value: at once when the value is there, later when it is only promised. */
export function after<A, B>(value: Awaitable<A>, next: (value: A) => Awaitable<B>): Awaitable<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Does `last` once `work` is over, however it ended, at once or later. */
export function lastly<T>(work: () => Awaitable<T>, last: () => void): Awaitable<T> {
  let result: Awaitable<T>
  try {
    result = work()
  } catch (error) {
    last()
    throw error
  }
  if (result instanceof Promise) return result.finally(last)
  last()
  return result
}

/** What `work` gives; what it throws, at once or later, becomes what `explain` throws. */
export function explained<T>(work: () => Awaitable<T>, explain: (error: unknown) => never): Awaitable<T> {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(explain) : result
  } catch (error) {
    return explain(error)
  }
}
