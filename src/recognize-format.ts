import type { Image } from './contracts/driver.ts'
import { asBuffer } from './image-text.ts'
import { uudecode } from './perl/storable/uuencode.ts'

/** The serializers whose records can be told from one another. */
export type FormatName =
  | 'Base64'
  | 'DataDumper'
  | 'Devalue'
  | 'FreezeThaw'
  | 'JSON'
  | 'Storable'
  | 'Sybase'
  | 'UUEncode'
  | 'YAML'

/** So many bytes tell all that can be told. */
const enough = 4096

const dumper = /^\s*(?:#.*\n\s*)*(?:(?:my|our|local)\s+)?\$\w+\s*=/
const yaml = /^\s*(?:#.*\n\s*)*(?:%YAML.*\n)?---(?:\s|$)/
/** A hash as Data::Dumper writes it when it is told to leave the variable out; JSON has a colon behind a key. */
const terseDumper = /^\s*\{\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\w+)\s*(?:=>|,)/
const json = /^\s*\{/
const devalue = /^\s*\[/
const hex = /^(?:0x)?((?:[\dA-Fa-f]{2}){2,})/
const base64 = /^[\w+/]{8,}/

/** Which serializer wrote this record, by its first bytes; undefined when they are like no format's. */
export function recognizeFormat(image: Image): FormatName | undefined {
  const start = asBuffer(image.subarray(0, enough))
  if (isStorable(start)) return 'Storable'
  const text = start.toString('latin1')
  if (text.startsWith('FrT;')) return 'FreezeThaw'
  if (dumper.test(text) || terseDumper.test(text)) return 'DataDumper'
  if (json.test(text)) return 'JSON'
  if (yaml.test(text)) return 'YAML'
  if (devalue.test(text)) return 'Devalue'
  return wrapping(text, start)
}

/** The text that Storable was wrapped into. */
function wrapping(text: string, start: Buffer): FormatName | undefined {
  const digits = hex.exec(text)?.[1]
  if (digits !== undefined && isStorable(Buffer.from(digits, 'hex'))) return 'Sybase'
  if (base64.test(text) && isStorable(Buffer.from(text, 'base64'))) return 'Base64'
  const line = start.subarray(0, start.indexOf('\n') + 1)
  try {
    return line.length > 0 && isStorable(uudecode(line)) ? 'UUEncode' : undefined
  } catch {
    return undefined
  }
}

/** A Storable image begins with its version, 2 in all but the lowest bit, and a minor one; in a file after a name. */
function isStorable(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 0, 4) === 'pst0') return true
  return bytes.length > 2 && (bytes[0] === 4 || bytes[0] === 5) && bytes[1]! > 0 && bytes[1]! < 32
}
