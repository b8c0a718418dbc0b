import { characters, words } from '../words.ts'

const hex = '0123456789abcdef'.repeat(8)

/** What generators make: to be taken by every driver. */
export function ordinaryIds(longest: number): string[] {
  const uuids = ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF7']
  const digests = [32, 40, 64, 128].map((length) => hex.slice(0, length))
  const ids = [
    ...words('1 42 10 0xF81D4FAE7DEC11D0A76500A0C91E6BF8'),
    ...uuids,
    ...digests,
    'x'.repeat(longest),
  ]
  return [...new Set(ids)].filter((id) => id.length <= longest)
}

/** Ids that some storage or other takes for one another, or for something else than an id. */
export const awkwardIds: Readonly<Record<string, readonly string[]>> = {
  'that differ in upper and lower case only': words('abc ABC Abc aBc straße STRASSE ı i İ I'),
  'that differ in spaces only': words('abc| abc|abc |abc  |a bc| |  |abc\t|abc\n|abc\r\n|abc\u00a0', '|'),
  'that differ in Unicode normalization only': words('é e\u0301 Å \u212b ﬁ fi 한 \u1112\u1161\u11ab'),
  'of letters outside ASCII': words('a ä 日本語 ключ 😀 👩‍👩‍👧 𝒳 \u{10ffff} \ufeff a\u200b \u202ea'),
  'with half a surrogate pair': words('\ud800 \udfff a\ud83d \ude00a \ufffd a\ufffd \ufffda'),
  'that look like patterns': words('ab * ? % _ a* a? a% a_ [ab]b {a,b}b ** \\* !ab ^ab .+'),
  'that look like queries': [...words("a ' '' \" ` a\"b ; -- /* $1 :id @a ?1 $$"), "a';--", "a' or 'a'='a"],
  'with backslashes and percent signs': words('a \\ \\\\ a\\ a\\\\ \\a %s %% %d %2e \\x61 \\n'),
  'with control characters': [
    'ab',
    ...[...characters(1, 32), ...characters(127, 160)].map((character) => `a${character}b`),
  ],
  'with NUL': words('a \0 a\0 \0a a\0b a\0c a\0\0'),
  'that look like paths': words('x ../x ../../x ../../../x ./x x/ /x //x x/y x\\y ..\\x C:x ~/x file:x'),
  'that name directories or files': ['', ...words('. .. ... / x x. .x x~ x.tmp x.lock .x.tmp con nul lock')],
  'that look like escaped paths': words('..%2fx %2e%2e%2fx ..%c0%afx %00 x%00 x'),
  'that look like numbers': [
    ...words('1 01 1.0 1e0 +1 -1 0x1 0 00 １ 9007199254740993 9007199254740992'),
    ' 1',
  ],
  'that are words of the trade': words(
    'null undefined true NaN __proto__ constructor toString id sessions -rf -- -',
  ),
  'that begin with one another': words('a aa aaa a: a- a. a/ aa: sess:a cgisess_a'),
  'that differ in the last of many characters': [
    63, 127, 129, 191, 192, 249, 250, 251, 254, 255, 256, 300, 1000, 5000,
  ].flatMap((length) => ['a', 'b'].map((end) => 'x'.repeat(length - 1) + end)),
  'that are longer in bytes than in characters': [31, 63, 85, 86, 127, 128, 255].flatMap((length) =>
    ['ä', 'ö'].map((end) => '語'.repeat(length - 1) + end),
  ),
}
