/** Without the blanks at its end. (A pattern would look at each of them again and again.) */
export function trimBlanks(text: string, blanks: string): string {
  let end = text.length
  while (end > 0 && blanks.includes(text[end - 1] ?? 'x')) end--
  return text.slice(0, end)
}
