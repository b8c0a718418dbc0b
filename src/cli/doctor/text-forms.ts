import { isUtf8 } from 'node:buffer'
import { isRawKey } from '../../perl/text.ts'
import { PerlString } from '../../perl/values.ts'
import type { Hash } from '../../contracts/serializer.ts'

/**
 * What a row of code points is, as far as it shows: each below 256 and together valid UTF-8 ('utf8': octets; 'double':
 * octets of octets, as in CafÃ©), each below 256 and not so ('latin1'), some above ('characters').
 */
export type TextForm = 'ascii' | 'utf8' | 'double' | 'latin1' | 'characters'

/** How the text of a record is kept. 'mixed': some as octets, some not. */
export type RecordText = TextForm | 'mixed'

const beyondAscii = /[\u0080-\uffff]/
const beyondLatin1 = /[\u0100-\uffff]/

export function formOfText(text: string): TextForm {
  if (!beyondAscii.test(text)) return 'ascii'
  if (beyondLatin1.test(text)) return 'characters'
  const octets = Buffer.from(text, 'latin1')
  if (!isUtf8(octets)) return 'latin1'
  const decoded = octets.toString()
  return !beyondLatin1.test(decoded) && isUtf8(Buffer.from(decoded, 'latin1')) ? 'double' : 'utf8'
}

/** How the text of a record is kept, all of its keys and values taken together. */
export function textOf(hash: Hash): RecordText {
  const forms = new Set<TextForm>()
  visitTexts(hash, (text) => forms.add(typeof text === 'string' ? formOfText(text) : 'characters'))
  const isOctets = forms.has('utf8') || forms.has('double')
  const isText = forms.has('latin1') || forms.has('characters')
  if (isOctets && isText) return 'mixed'
  const order = ['double', 'utf8', 'characters', 'latin1'] as const
  return order.find((form) => forms.has(form)) ?? 'ascii'
}

/** How many texts of a record are not what a person would read, as it is read now. */
export function misreadIn(hash: Hash): number {
  let count = 0
  visitTexts(hash, (text) => {
    const form = typeof text === 'string' ? formOfText(text) : undefined
    if (form === undefined || form === 'utf8' || form === 'double' || isRawKey(String(text))) count++
  })
  return count
}

/** Calls the function with every key and every text in a value, and with each string that is no text. */
function visitTexts(value: unknown, visit: (text: string | PerlString) => void): void {
  const seen = new Set<object>()
  const go = (value: unknown): void => {
    if (typeof value === 'string' || value instanceof PerlString) visit(value)
    if (typeof value !== 'object' || value === null || value instanceof PerlString || seen.has(value)) return
    seen.add(value)
    if (ArrayBuffer.isView(value)) return
    if (value instanceof Map || value instanceof Set) for (const item of value.entries()) go(item)
    else if (Array.isArray(value)) for (const item of value) go(item)
    else {
      for (const [key, item] of Object.entries(value)) {
        visit(key)
        go(item)
      }
    }
  }
  go(value)
}
