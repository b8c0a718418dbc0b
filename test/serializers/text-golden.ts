import { readFileSync } from 'node:fs'
import { setKey } from '../../src/hash.ts'

/** A value as the real Perl modules were given it, or read it back: see the README of the fixtures. */
type Node =
  | { t: 'hash'; v: [string, Node][] }
  | { t: 'array'; v: Node[] }
  | { t: 'str' | 'int' | 'num' | 'vstring'; v?: string | number }
  | { t: 'bytes'; b64: string }
  | { t: 'bool' | 'jsonbool'; v: boolean }
  | { t: 'undef' | 'hole' }

export interface GoldenRecord {
  readonly serializer: string
  readonly name: string
  readonly encoding: string | null
  readonly image: Buffer
  readonly meaning: unknown
}

export function goldenRecords(folder: 'golden-json' | 'golden-yaml'): GoldenRecord[] {
  const file = new URL(`../fixtures/${folder}/records.json`, import.meta.url)
  const records = JSON.parse(readFileSync(file, 'utf8')) as (GoldenRecord & {
    image: string
    meaning: Node
  })[]
  return records.map((record) => ({
    ...record,
    image: Buffer.from(record.image, 'base64'),
    meaning: valueOf(record.meaning),
  }))
}

function valueOf(node: Node): unknown {
  switch (node.t) {
    case 'hash': {
      const hash = {}
      for (const [key, value] of node.v) setKey(hash, key, valueOf(value))
      return hash
    }
    case 'array':
      return node.v.map(valueOf)
    case 'int': {
      const value = BigInt(node.v as string)
      return String(Number(value)) === String(value) ? Number(value) : value
    }
    case 'num':
      return perlNumber(String(node.v))
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
    default:
      return String(node.v)
  }
}

/** Perl prints 15 digits. */
function perlNumber(text: string): number {
  const named: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN }
  return named[text] ?? Number(Number(text).toPrecision(15))
}
