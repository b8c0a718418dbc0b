/** What a terminal may obey rather than show, or does not show at all: control, format and other such characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu
const inText = /[\\'\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

const names: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  "'": "\\'",
}

/** The text on one line, with such characters written as in JavaScript. */
export function printable(text: string): string {
  return text.replace(unprintable, escape)
}

/** The same, with its lines. */
export function printableLines(text: string): string {
  return text.replace(unprintable, (character) => (character === '\n' ? character : escape(character)))
}

/** The text between quotes, so that it can be seen where it begins and ends. */
export function quoted(text: string): string {
  return `'${text.replace(inText, escape)}'`
}

/** A value as JSON, on one line. Such characters are only in its strings, where JSON has a form for them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, jsonEscape)
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return names[character] ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
}

function jsonEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
