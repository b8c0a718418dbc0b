import { isPlainObject } from './hash.ts'

/** The parameter that data is kept as which is no hash of parameters, but a list, a text, a number. */
export const ONE_VALUE = ''

/** Whether the parameters are such data. */
export function isOneValue(params: ReadonlyMap<string, unknown>): boolean {
  const value = params.get(ONE_VALUE)
  return params.size === 1 && value !== undefined && value !== null && !isPlainObject(value)
}
