/** What to call an object that Perl has nothing for. */
export function nameOf(value: object): string {
  const { constructor } = value
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'an object'
}

/** What to store instead of it. */
export function hintFor(value: object): string {
  if (value instanceof Date) return 'store its time or its text, or use serialize:Devalue'
  if (value instanceof Uint8Array) return "store its bytes as text, .toString('latin1') or 'base64'"
  if (value instanceof RegExp) return 'store its source, or a Regexp of data-session'
  return 'store a plain object or an array, or use serialize:Devalue'
}

const identifier = /^[A-Za-z_$][\w$]*$/

/** The way to a value in JavaScript: `cart[0].when`. A step without a key is what a reference refers to. */
export function scriptPath(keys: readonly (string | number | undefined)[]): string {
  let path = ''
  for (const key of keys) {
    if (key === undefined) path += '.value'
    else if (typeof key === 'number') path += `[${key}]`
    else if (!identifier.test(key)) path += `[${JSON.stringify(key)}]`
    else path += path === '' ? key : `.${key}`
  }
  return path
}
