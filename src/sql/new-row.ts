import type { Words } from './dialect.ts'
import type { Mark } from './statement.ts'

/** A number of seconds, in a column of numbers. */
export const asNumber = (seconds: string): string => seconds

/** The columns of a new row and what goes into them, as they stand in an insert. */
export function newRow(
  {
    id,
    data,
    expires,
    newImage,
    newExpires = asNumber,
  }: Pick<Words, 'id' | 'data' | 'expires' | 'newImage' | 'newExpires'>,
  mark: Mark,
): string {
  const columns = `${id}, ${data}${expires ? `, ${expires}` : ''}`
  const values = `${mark('id')}, ${newImage(mark)}${expires ? `, ${newExpires(mark('expires'))}` : ''}`
  return `(${columns}) values (${values})`
}
