const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|([^]?))|"/g
const SHORT_ESCAPES = new Map(
  Object.entries({
    '0': '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    '"': '"',
    '\\': '\\',
    N: '\x85',
  }),
)

/**
 * The text between double quotes, with the escapes that Perl's modules write, and ours for lone surrogates. `undefined`
 * when there are others, or a quote.
 */
export function unescape(text: string): string | undefined {
  if (!text.includes('\\')) return text.includes('"') ? undefined : text
  let known = true
  const characters = text.replace(ESCAPE, (_, byte?: string, unit?: string, short?: string) => {
    const hex = byte ?? unit
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    const character = SHORT_ESCAPES.get(short ?? '')
    if (character === undefined) known = false
    return character ?? ''
  })
  return known ? characters : undefined
}
