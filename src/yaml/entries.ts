import { isUtf8 } from 'node:buffer'
import type { YamlText } from './text.ts'

/**
 * The keys of a record with the bytes of their values, as they stand there. What did not change is copied from here: it
 * goes back as it came, to the last byte, whatever it was read as.
 */
export class YamlEntries {
  private readonly header: string
  private readonly entries: ReadonlyMap<string, string>
  /** Whether these are bytes beyond ASCII, and no UTF-8. */
  private readonly isLatin1: boolean

  private constructor(header: string, entries: ReadonlyMap<string, string>, isLatin1: boolean) {
    this.header = header
    this.entries = entries
    this.isLatin1 = isLatin1
  }

  /** @returns `undefined` for records with anchors, and where it is not plain to see which lines belong to a key */
  static of(image: Buffer, perlText: YamlText): YamlEntries | undefined {
    const bytes = image.toString('latin1')
    const header = /^--- ?\n/.exec(bytes)?.[0]
    if (header === undefined || !bytes.endsWith('\n') || ENTANGLED.test(bytes)) return undefined
    const isOctets = perlText === 'utf8' || (perlText === 'auto' && isUtf8(image))
    const entries = findEntries(bytes, header.length, isOctets)
    return entries && new YamlEntries(header, entries, perlText === 'auto' && !isUtf8(image))
  }

  /**
   * The record with these keys, those that `write` has no text for being copied. `undefined` when the copied bytes
   * would mean something else beside the others.
   */
  copy(keys: readonly string[], write: (key: string) => string | undefined): Buffer | undefined {
    let bytes = this.header
    for (const key of keys) {
      const text = write(key) ?? this.entries.get(key)
      if (text === undefined) return undefined
      bytes += text
    }
    if (bytes === this.header) return undefined
    const image = Buffer.from(bytes, 'latin1')
    return this.isLatin1 && isUtf8(image) ? undefined : image
  }

  has(key: string): boolean {
    return this.entries.has(key)
  }

  /** Whether text may stand beside what is copied. */
  takes(text: string): boolean {
    return !this.isLatin1 || !/[\u0080-\uffff]/.test(text)
  }
}

/** An anchor, an alias, a carriage return, or a quote that is not closed on its line. */
const ENTANGLED =
  /\r|(?:[:-]| ![^ \n]+) +(?:[&*][\w./-]+[ \n]|"[^"\\\n]*(?:\\.[^"\\\n]*)*\n|'[^'\n]*(?:''[^'\n]*)*\n)/

const KEY = /(?:([^- \t\n!"#&'*>?[\]{|},%@`:][^:\n"'\\]*)|'([^'\n]*)'|"([^"\\\n]*)"):(?=[ \n])/y
const END = /\n(?![ \n]|-[ \n])/g

function findEntries(bytes: string, start: number, isOctets: boolean): Map<string, string> | undefined {
  const entries = new Map<string, string>()
  for (let at = start; at < bytes.length; ) {
    KEY.lastIndex = at
    const match = KEY.exec(bytes)
    if (match === null) return undefined
    const characters = match[1] ?? match[2] ?? match[3] ?? ''
    const key = isOctets ? Buffer.from(characters, 'latin1').toString('utf8') : characters
    if (entries.has(key)) return undefined
    END.lastIndex = KEY.lastIndex
    const end = (END.exec(bytes)?.index ?? bytes.length - 1) + 1
    entries.set(key, bytes.slice(at, end))
    at = end
  }
  return entries
}
