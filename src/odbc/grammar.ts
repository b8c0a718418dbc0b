import type { Dialect } from '../sql/dialect.ts'

/** A dialect, apart from how to come to the database. */
export type Grammar = Omit<Dialect, 'connect' | 'marks'>

/** Bytes as a link gives them, or null for none. */
export const readBytes = (value: unknown): Uint8Array => (value ?? Buffer.alloc(0)) as Uint8Array
