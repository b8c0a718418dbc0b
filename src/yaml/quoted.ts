import { trimBlanks } from './blanks.ts'

/** What the lines of a quoted scalar are: a line break is a blank, blank lines are as many line breaks. */
export function foldLines(inner: string): string {
  if (!inner.includes('\n')) return inner
  let text = ''
  let breaks = 0
  for (const [index, line] of inner.split('\n').entries()) {
    const content = trimBlanks(index === 0 ? line : line.replace(/^[ \t]+/, ''), '\r')
    if (index > 0) breaks++
    if (content === '' && index > 0) continue
    if (endsInBackslash(text)) text = text.slice(0, -1)
    else if (breaks > 0) text += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
    text += content
    breaks = 0
  }
  return breaks === 0 ? text : text + (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1))
}

/** A backslash before a line break, which takes the break away. */
function endsInBackslash(text: string): boolean {
  let count = 0
  while (text[text.length - 1 - count] === '\\') count++
  return count % 2 === 1
}
