/**
 * What the strings of a record are.
 *
 * - `auto` (default): UTF-8 where the bytes are valid UTF-8, else Latin-1. A record with no characters above U+00FF is
 *   written with escapes, which Perl takes for characters; one with such, or one that was UTF-8 before, as UTF-8, of
 *   which Perl sees the octets. So all of a record is characters to Perl, or all is octets.
 * - `characters`, `latin1`: each byte is one character, as Perl's YAML modules see bytes that nobody decoded. They have
 *   no form for characters above U+00FF, which are refused.
 * - `utf8`: the strings are UTF-8 octets, raw or escaped; they are decoded when read and written as octets.
 */
export type YamlText = (typeof yamlTexts)[number]

/** How text is written; `octets`: as UTF-8, by `auto`. */
export type WrittenText = YamlText | 'octets'

export const yamlTexts = ['auto', 'characters', 'latin1', 'utf8'] as const
