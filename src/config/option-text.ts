/** The value that a text stands for, where options are written as text: words for truth, JSON of an object, or itself. */
export function readOptionText(text: string | undefined): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!text?.startsWith('{')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
