/** The parts of an ODBC connection string, `DSN=shop;UID=me`, by their names in lower case. */
export type Keywords = ReadonlyMap<string, Keyword>

interface Keyword {
  readonly name: string
  /** Without braces. */
  readonly value: string
}

/** Of parts with the same name the first counts, as in ODBC. */
export function parseConnectionString(text: string): Keywords {
  const keywords = new Map<string, Keyword>()
  for (const [, name = '', braced, plain = ''] of text.matchAll(
    /([^=;]+)=\s*(?:\{((?:[^}]|\}\})*)\}[^;]*|([^;]*))/g,
  )) {
    const key = name.trim().toLowerCase()
    const value = braced === undefined ? plain.trim() : braced.replaceAll('}}', '}')
    if (!keywords.has(key)) keywords.set(key, { name: name.trim(), value })
  }
  return keywords
}

type Settings = Readonly<Record<string, string | number | undefined>>

/** The same with these parts; `undefined` leaves one as it is. */
export function withKeywords(keywords: Keywords, settings: Settings): Keywords {
  return new Map([...keywords, ...partsOf(settings)])
}

/** The same with those of these parts that it has not. */
export function withDefaults(keywords: Keywords, settings: Settings): Keywords {
  return new Map([...keywords, ...partsOf(settings).filter(([key]) => !keywords.has(key))])
}

function partsOf(settings: Settings): [key: string, keyword: Keyword][] {
  return Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), { name, value: String(value) }]],
  )
}

export function writeConnectionString(keywords: Keywords): string {
  return [...keywords.values()].map(({ name, value }) => `${name}=${quoted(value)}`).join(';')
}

/** Not all ODBC drivers know braces. */
function quoted(value: string): string {
  return /[;{}]|^\s|\s$/.test(value) ? `{${value.replaceAll('}', '}}')}}` : value
}
