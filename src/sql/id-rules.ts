import { isAscii } from 'node:buffer'
import { InvalidIdError } from '../errors.ts'
import type { ServerTable } from './server-table.ts'

/** Throws `InvalidIdError` for an id that the column cannot hold, or would take for another. */
export function checkServerId(product: string, { names, id: column }: ServerTable, id: string): void {
  const refuse = (why: string): never => {
    throw new InvalidIdError(`${product} cannot keep the id ${JSON.stringify(shortened(id))}: ${why}`)
  }
  const what = `the column ${names.id} of the table ${names.table}`
  if (/\p{Surrogate}/u.test(id)) refuse('it has half a character')
  if (column.holds === 'all but NUL' && id.includes('\0')) refuse('it has a NUL character')
  if (column.holds === 'ASCII' && (!isAscii(Buffer.from(id)) || id.includes('\0')))
    refuse(`${what} holds ASCII only`)
  if (column.pads && id.endsWith(' ')) refuse(`it ends with a blank, and ${what} has no regard to these`)
  const { maxCharacters, maxBytes } = column
  if (maxCharacters !== undefined && id.length > maxCharacters && Array.from(id).length > maxCharacters) {
    refuse(`${what} holds ${maxCharacters} characters`)
  }
  if (id.length * 3 > maxBytes && Buffer.byteLength(id) > maxBytes) {
    refuse(`${what} holds ${maxBytes} bytes, or can find no more by its index`)
  }
}

function shortened(id: string): string {
  return id.length > 80 ? `${id.slice(0, 80)}…` : id
}
