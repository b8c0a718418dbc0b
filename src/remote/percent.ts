/** What stands in a text with percent signs, as in a URL; `undefined` when that is no text. */
export function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
