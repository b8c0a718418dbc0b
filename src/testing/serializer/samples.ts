import { words } from '../words.ts'

export const scripts = words('Grüße 日本語 Ключ עברית العربية हिन्दी 한국어 😀 👩‍👩‍👧 𝒳 e\u0301 \u{10ffff}')

export const separators = words(
  '\u0085 \u00a0 \u00ad \u2028 \u2029 \u200b \u202e \ufeff \ufffd \ufffe \uffff \ue000 \u{fffff}',
)

/** Text that one format or another writes for something that is no text. */
export const lookAlikes = [
  ...words('0 1 -1 007 1.0 1e3 0x10 0b1 0o7 .5 1_000 +1 .inf NaN Infinity 123456789012345678901234567890'),
  ...words(
    'true false null undefined undef ~ yes no on off y n True NULL 2001-01-01 12:30 2001-01-01T00:00:00Z',
  ),
  ...words('[] {} [1] {"a":1} "a" \'a\' it\'s "" \'\' " \' \\ \\\\ \\n \\u0041 \\x41 \\x{263a} a\\'),
  ...words('- -- --- ... ? : a: :a # #a a#b & &a * *a ! !a !!str | > % %a @ @a ` `a` , ; = => << { } [ ]'),
  ...words('$x $$ $D $a[0] @{[1]} ${\\1} }; __proto__ bless sub{} pst0 FrT;@1| %2n| $4|text _ / v1.2.3'),
  ...words('- a¦--- a¦? a¦a: b¦a #b¦: a¦! a¦| a¦> a¦ # a¦$D = {};¦undef ;¦¦ ', '¦'),
]

export const blanks = [
  ...words('a\nb|a\n|\na|\n|\n\n|a\r\nb|\r|a\rb|\ta|a\t|a\n\tb|a\n\n\nb\n\n|\n---\na|a\n---\n|a\n...\n', '|'),
  ...words(' a|a |  | \n |a\n  b\n|  a\nb|a\n b\n  c|a \nb', '|'),
]

export const oddKeys = [
  ...words('0 1 -1 1.5 a.b a:b -a # ? true null ~ y é 日本 😀 a\nb \0 \t " \' \\ $x @x % => * &a ! << = { ['),
  ...words('toString valueOf hasOwnProperty length prototype _SESSION_ID'),
  ...words('| |a b|a: b|- a|a | a', '|'),
]

export const dangerousKeys = words('__proto__ constructor prototype __defineGetter__')
