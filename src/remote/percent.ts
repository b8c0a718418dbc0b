/** What stands in a text with percent signs, as in a URL; `undefined` when that is no text. */
export function percentDecoded(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The same, where it has to be a text: what `unreadable` makes is thrown else. */
export function percentDecodedOr(text: string, unreadable: () => Error): string {
  const decoded = percentDecoded(text)
  if (decoded === undefined) throw unreadable()
  return decoded
}
