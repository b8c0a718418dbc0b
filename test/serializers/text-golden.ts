import { setKey } from '../../src/hash.ts'
import { type GoldenRecord, goldenRecords, goldenSessions, type Node } from './golden.ts'

/** A record of Data::Session's text formats, with the value that is read here: plain data throughout. */
export interface TextRecord {
  readonly serializer: string
  readonly name: string
  readonly image: Buffer
  readonly meaning: unknown
}

/** JSON is read as Perl does where the text did not become bytes: what it refuses (`inf`, `nan`) as it was given. */
export function goldenJson(): TextRecord[] {
  const records = [...goldenRecords('json'), ...goldenRecords('jsonpp')]
  return [
    ...records.map((record) => textRecord(record, record.readAsCharacters ?? record.read ?? record.given)),
    ...textSessions('JSON', withTextOf),
  ]
}

/**
 * YAML is read as it was given, for numbers come as numbers here. Only a string that is beyond Unicode comes as Perl
 * reads it, and the number of a string that has one of its own is not written.
 */
export function goldenYaml(): TextRecord[] {
  return [
    ...goldenRecords('yamlt').map((record) =>
      textRecord(record, record.name === 'str-above-unicode' ? (record.read ?? record.given) : record.given),
    ),
    ...textSessions('YAML', (_, given) => given),
  ]
}

function textRecord({ ser, name, image }: GoldenRecord, meaning: Node): TextRecord {
  return { serializer: ser, name, image, meaning: valueOf(meaning, ser === 'yamlt' ? isPrinted : isSafe) }
}

function textSessions(serializer: 'JSON' | 'YAML', meaning: (read: Node, given: Node) => Node): TextRecord[] {
  return goldenSessions({ serializer }).flatMap(({ id, image, given, read = given }) =>
    image === undefined || given === undefined || read === undefined
      ? []
      : [{ serializer: 'session', name: id, image, meaning: valueOf(meaning(read, given), isSafe) }],
  )
}

/** What Perl reads, but with the text that was given: where that became UTF-8, Perl reads octets. */
function withTextOf(read: Node, given: Node): Node {
  if (given.t === 'str' || given.t === 'bytes') return given
  if (read.t === 'hash' && given.t === 'hash') {
    const texts = new Map(given.v)
    return { ...read, v: read.v.map(([key, value]) => [key, withTextOf(value, texts.get(key) ?? value)]) }
  }
  if (read.t !== 'array' || given.t !== 'array') return read
  return { ...read, v: read.v.map((value, index) => withTextOf(value, given.v[index] ?? value)) }
}

/** Which integers come as numbers: in JSON, where beyond 2^53 numbers are doubles to Perl, and in YAML. */
const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value))
const isPrinted = (value: bigint): boolean => String(Number(value)) === String(value)

function valueOf(node: Node, isNumber: (value: bigint) => boolean): unknown {
  switch (node.t) {
    case 'hash': {
      const hash = {}
      for (const [key, value] of node.v) setKey(hash, key, valueOf(value, isNumber))
      return hash
    }
    case 'array':
      return node.v.map((item) => valueOf(item, isNumber))
    case 'int': {
      const value = BigInt(node.v)
      return isNumber(value) ? Number(value) : value
    }
    case 'num':
      return perlNumber(node.v)
    case 'bytes':
      return Buffer.from(node.b64, 'base64').toString('latin1')
    // Perl's own booleans are written as the strings that they are, too.
    case 'bool':
      return node.v ? '1' : ''
    case 'jsonbool':
      return node.v
    case 'undef':
    case 'hole':
      return null
    case 'str':
    case 'vstring':
      return String(node.v)
    default:
      throw new Error(`${node.t} is not in the text formats`)
  }
}

/** Perl prints 15 digits. */
function perlNumber(text: string): number {
  const named: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN }
  return named[text] ?? Number(Number(text).toPrecision(15))
}
