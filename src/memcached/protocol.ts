import type { Image } from '../contracts/driver.ts'

/** The commands of memcached's binary protocol that a session needs. */
export const opcodes = { get: 0x00, add: 0x02, replace: 0x03, delete: 0x04, noop: 0x0a } as const

/** What memcached may answer, as far as a session cares. */
export const statuses = {
  done: 0x00,
  notFound: 0x01,
  exists: 0x02,
  tooLarge: 0x03,
  invalid: 0x04,
  unauthorized: 0x20,
  unknownCommand: 0x81,
  outOfMemory: 0x82,
} as const

const names: Readonly<Record<number, string>> = {
  [statuses.notFound]: 'Not found',
  [statuses.exists]: 'Exists',
  [statuses.tooLarge]: 'Too large',
  [statuses.invalid]: 'Invalid arguments',
  0x05: 'Not stored',
  [statuses.unauthorized]: 'Authentication failed',
  [statuses.unknownCommand]: 'Unknown command',
  [statuses.outOfMemory]: 'Out of memory',
  0x83: 'Not supported',
  0x84: 'Internal error',
  0x85: 'Busy',
  0x86: 'Temporary failure',
}

/** What memcached said no with, in words. */
export function nameOf(status: number): string {
  return names[status] ?? `Status 0x${status.toString(16)}`
}

export interface Command {
  readonly opcode: number
  readonly key: string
  /** What to put there. */
  readonly value?: Image | undefined
  /** Of `value`: in seconds, or since 1970, or 0 for never. */
  readonly expiry?: number | undefined
  /** Only if what is there has this version, */
  readonly cas?: Buffer
  /** which is good on this connection only. */
  readonly connection?: object
}

const HEADER = 24

/** @param number what the answer will bear */
export function encode({ opcode, key, value, expiry = 0, cas }: Command, number: number): Buffer {
  // Four bytes of flags, which are 0 for text to Perl's client, and four of the expiry.
  const extras = value === undefined ? 0 : 8
  const keyLength = Buffer.byteLength(key)
  const body = extras + keyLength + (value?.length ?? 0)
  const request = Buffer.allocUnsafe(HEADER + body).fill(0, 0, HEADER + extras)
  request[0] = 0x80
  request[1] = opcode
  request.writeUInt16BE(keyLength, 2)
  request[4] = extras
  request.writeUInt32BE(body, 8)
  request.writeUInt32BE(number, 12)
  if (cas) request.set(cas, 16)
  request.write(key, HEADER + extras)
  if (value !== undefined) {
    request.writeUInt32BE(expiry, HEADER + 4)
    request.set(value, HEADER + extras + keyLength)
  }
  return request
}
