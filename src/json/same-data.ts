/**
 * Whether a value is what was parsed, no digit being lost: the same data, with keys in the same order.
 * `undefined` when it is not plain data, so that only writing it tells.
 */
export function isSameData(value: unknown, parsed: unknown): boolean | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value === parsed
    case 'number':
      return value === parsed || isSameNaN(value, parsed)
    case 'object':
      if (value === null || typeof parsed !== 'object' || parsed === null) return value === parsed
      return isSameObject(value, parsed)
    default:
      return undefined
  }
}

function isSameNaN(value: number, parsed: unknown): boolean {
  return Number.isNaN(value) && Number.isNaN(parsed)
}

function isSameObject(value: object, parsed: object): boolean | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) {
    return Array.isArray(parsed) && isSameList(value as unknown[], parsed)
  }
  if (prototype !== Object.prototype || 'toJSON' in value) return undefined
  const keys = Object.keys(value)
  const parsedKeys = Object.keys(parsed)
  if (Array.isArray(parsed) || keys.length < parsedKeys.length) return false
  // More keys: some may be undefined, which is not written.
  if (keys.length > parsedKeys.length) return undefined
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const now = (value as Record<string, unknown>)[key]
    if (now === undefined) return undefined
    if (key !== parsedKeys[index]) return false
    const isSame = isSameData(now, (parsed as Record<string, unknown>)[key])
    if (!isSame) return isSame
  }
  return true
}

function isSameList(value: unknown[], parsed: unknown[]): boolean | undefined {
  if (value.length !== parsed.length) return false
  for (let index = 0; index < value.length; index++) {
    const isSame = isSameData(value[index], parsed[index])
    if (!isSame) return isSame
  }
  return true
}
