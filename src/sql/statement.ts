import { shortName } from './short-name.ts'

/** What a statement is given, by name. */
export type ValueName =
  | 'id'
  | 'image'
  | 'expected'
  /** The other text that reads as the expected image, or null: see text-image.ts. */
  | 'expectedText'
  | 'expires'
  | 'now'
  | 'afterId'
  | 'afterExpires'

/** The SQL for a value at this place. */
export type Mark = (value: ValueName) => string

export interface Statement {
  /** Tells it from every other text, so that a server can keep it prepared under this name. */
  readonly name: string
  readonly sql: string
  /** Which value belongs to which mark. */
  readonly values: readonly ValueName[]
  /** It changes nothing. */
  readonly reads: boolean
  /** Done twice it is as if done once, whatever others do in between. */
  readonly repeatable: boolean
}

/** How a database marks values in SQL: `$1`, each value once, or `?` or `:1`, each place anew. */
export type MarkStyle = 'dollar' | 'question' | 'colon'

/** Writes a statement, and notes the order of its values. */
export function writeStatement(
  style: MarkStyle,
  name: string,
  write: (mark: Mark) => string,
  { reads = false, repeatable = reads }: { reads?: boolean; repeatable?: boolean } = {},
): Statement {
  const values: ValueName[] = []
  const sql = write((value) => {
    if (style !== 'dollar') {
      values.push(value)
      return style === 'question' ? '?' : `:${values.length}`
    }
    if (!values.includes(value)) values.push(value)
    return `$${values.indexOf(value) + 1}`
  })
  return { name: `data-session ${name} ${shortName(sql)}`, sql, values, reads, repeatable }
}

/** A statement that is not kept prepared. Whoever runs it may run it again. */
export function once(sql: string): Statement {
  return { name: '', sql, values: [], reads: false, repeatable: true }
}
