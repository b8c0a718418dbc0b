/**
 * The patterns of YAML::Syck and YAML.pm. Both write what Perl prints, `(?^i:pattern)`, and both take the wrapping off
 * when they read: YAML.pm as it is, but YAML::Syck only without the caret. So a pattern that YAML::Syck has written
 * comes back to it with the wrapping inside.
 */
import { Regexp } from '../perl/values.ts'

/** The order that both expect. */
const flagOrders = new Set(' x i s m ix sx mx si mi ms six mix msx msi msix'.split(' '))

const syckWrapping = /^\(\?([ixsm]*)(?:-[ixsm]*)?:(.*)\)$/
const yamlPmWrapping = /^\(\?([\^\-uxism]*):([^]*)\)$/
const codePointEscape = /\\(?:(?:x\{\s*|N\{U\+)([\da-f_]+)\s*\}|o\{\s*([0-7_]+)\s*\}|([0-7]{3})|[^])/gi

/** What YAML::Syck makes of this text. */
export function readSyckRegexp(text: string): Regexp {
  const [, flags = '', pattern = text] = syckWrapping.exec(text) ?? []
  return withUnicode(pattern, flagOrders.has(flags) ? flags : '')
}

/** What YAML.pm makes of this text. */
export function readYamlPmRegexp(text: string): Regexp {
  const [, wrapped = '', pattern = text] = yamlPmWrapping.exec(text) ?? []
  const flags = wrapped.replace(/-.*/s, '').replace(/^\^/, '').replaceAll('u', '')
  return withUnicode(pattern, flagOrders.has(flags) ? flags : '')
}

/** The text that both read as this pattern; else one that either does; undefined when there is none. */
export function writeRegexp({ pattern, flags }: Regexp): string | undefined {
  const letters = flags.replaceAll('u', '')
  const order = [...flagOrders].find((order) => isPermutation(order, letters))
  const texts = order === undefined ? [] : [`(?${order}:${pattern})`, pattern, `(?^${order}:${pattern})`]
  const isRight = (read: Regexp) => read.pattern === pattern && isPermutation(read.flags, flags)
  const bySyck = texts.filter((text) => isRight(readSyckRegexp(text)))
  const byYamlPm = texts.filter((text) => isRight(readYamlPmRegexp(text)))
  return bySyck.find((text) => byYamlPm.includes(text)) ?? bySyck[0] ?? byYamlPm[0]
}

/** Perl turns the flag u on by itself for a character above U+00FF. */
function withUnicode(pattern: string, flags: string): Regexp {
  for (const [, hex, octal, digits] of pattern.matchAll(codePointEscape)) {
    const code = hex === undefined ? Number.parseInt(octal ?? digits ?? '0', 8) : Number.parseInt(hex, 16)
    if (code > 0xff) return new Regexp(pattern, canonical(`${flags}u`))
  }
  return new Regexp(pattern, canonical(flags))
}

/** As `re::regexp_pattern` answers flags. */
function canonical(flags: string): string {
  return 'msixnpadlu'
    .split('')
    .filter((flag) => flags.includes(flag))
    .join('')
}

function isPermutation(a: string, b: string): boolean {
  return a.split('').sort().join('') === b.split('').sort().join('')
}
