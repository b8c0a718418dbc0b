import { inspect } from 'node:util'
import type { Hash } from './contracts/serializer.ts'
import { isPlainObject } from './hash.ts'

/** A hash for a person to read, in the form of Data::Session's `dump`: a line for each key, sorted, one level deep. */
export function dumpLines(hash: Hash): string[] {
  return sorted(hash).map(([key, value]) => `${key}: ${isPlainObject(value) ? pairs(value) : plain(value)}`)
}

function pairs(hash: Hash): string {
  return sorted(hash)
    .map(([key, value]) => `${key}: ${plain(value)}`)
    .join(', ')
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })
}

function sorted(hash: Hash): [string, unknown][] {
  return Object.entries(hash).sort(([a], [b]) => (a < b ? -1 : 1))
}
