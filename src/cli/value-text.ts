import { type PlainValue, Tagged } from './plain-value.ts'
import { jsonText, printable, quoted } from './printable.ts'

const identifier = /^[A-Za-z_][A-Za-z_0-9]*$/

/**
 * A value for a person to read: on one line if it fits into `columns`, else on as many as it takes, indented by two
 * spaces.
 */
export function valueText(value: PlainValue, columns: number): string {
  return lines(value, Math.max(columns, 20), 0, 0)
}

/** @param before how much stands before it on its first line */
function lines(value: PlainValue, columns: number, indent: number, before: number): string {
  const whole = oneLine(value)
  if (whole.length <= columns - indent - before) return whole
  const outer = ' '.repeat(indent)
  const within = (items: readonly string[]) => items.map((item) => `${outer}  ${item},\n`).join('') + outer
  const below = (item: PlainValue, key = '') => key + lines(item, columns, indent + 2, key.length)
  if (Array.isArray(value)) return `[\n${within(value.map((item) => below(item)))}]`
  if (value instanceof Tagged) return taggedText(value, (item) => lines(item, columns, indent, before))
  if (typeof value !== 'object' || value === null) return whole
  return `{\n${within(Object.entries(value).map(([key, item]) => below(item, `${keyText(key)}: `)))}}`
}

function oneLine(value: PlainValue): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (value instanceof Tagged) return taggedText(value, oneLine)
  const entries = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${oneLine(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function keyText(key: string): string {
  return identifier.test(key) ? key : quoted(key)
}

/** As Perl or JavaScript would write it, where one of them can. */
const forms: Readonly<Record<string, (own: PlainValue, fields: Fields, text: ToText) => string>> = {
  $bless: (name, { value }, text) => `bless(${text(value ?? null)}, ${text(name)})`,
  $ref: (value, _, text) => `\\${text(value)}`,
  $qr: (pattern, { flags }) => `qr/${word(pattern)}/${word(flags)}`,
  $vstring: (literal) => word(literal),
  $glob: (name) => `*${word(name)}`,
  $code: (source) => `sub ${word(source)}`,
  $address: (address) => word(address),
  $number: (number) => word(number),
  $bigint: (digits) => `${word(digits)}n`,
  $undefined: () => 'undefined',
  $date: (date) => (date === null ? 'an invalid date' : word(date)),
  $regexp: (pattern) => word(pattern),
  $map: (entries, _, text) => `Map ${text(entries)}`,
  $set: (items, _, text) => `Set ${text(items)}`,
  $bytes: (base64) => `${Buffer.from(word(base64), 'base64').length} bytes`,
  $same: (path) => `the same as ${word(path)}`,
}

type Fields = Readonly<Record<string, PlainValue | undefined>>
type ToText = (value: PlainValue) => string

function taggedText({ fields }: Tagged, text: ToText): string {
  const [tag = '', own = null] = Object.entries(fields)[0] ?? []
  const form = Object.hasOwn(forms, tag) ? forms[tag] : undefined
  return form ? form(own, fields, text) : jsonText(fields)
}

function word(value: PlainValue | undefined): string {
  return printable(typeof value === 'string' ? value : jsonText(value ?? ''))
}
