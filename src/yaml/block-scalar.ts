/** The lines under a `|` or `>`. */
export class BlockScalar {
  /** Where the line after the last one begins. */
  readonly end: number
  private readonly lines: string[] = []

  /**
   * @param start where the first line begins
   * @param outer the indent of what is around
   * @param explicit how much more the lines have, when the record says so; else the first line shows it
   */
  constructor(text: string, start: number, outer: number, explicit: number | undefined) {
    let indent = explicit === undefined ? undefined : outer + explicit
    let at = start
    while (at < text.length) {
      const end = text.indexOf('\n', at)
      let content = at
      while (text.charCodeAt(content) === 0x20) content++
      const isBlank = content === end
      if (!isBlank) {
        indent ??= Math.max(content - at, outer + 1)
        if (content - at < indent) break
      }
      this.lines.push(text.slice(Math.min(at + (indent ?? content - at), end), end))
      at = end + 1
    }
    this.end = at
  }

  read(folded: boolean, chomp: string): string {
    const text = folded ? this.fold() : this.lines.map((line) => `${line}\n`).join('')
    if (chomp === '+') return text
    const trimmed = text.slice(0, endWithoutBreaks(text))
    return chomp === '-' || this.lines.length === 0 ? trimmed : `${trimmed}\n`
  }

  /** A break between two lines that are not indented is a blank; of several, one is taken away. */
  private fold(): string {
    const ends: string[] = []
    let next = ''
    for (let index = this.lines.length - 1; index >= 0; index--) {
      const line = this.lines[index] ?? ''
      const isFlush = isText(line) && isText(next)
      ends[index] = !isFlush ? '\n' : this.lines[index + 1] === '' ? '' : ' '
      if (line !== '') next = line
    }
    return this.lines.map((line, index) => line + ends[index]).join('')
  }
}

function isText(line: string): boolean {
  return line !== '' && !/^[ \t]/.test(line)
}

function endWithoutBreaks(text: string): number {
  let end = text.length
  while (text[end - 1] === '\n') end--
  return end
}
