import { SingleLink } from './borrowed-links.ts'
import type { Link, Links } from './link.ts'

/** What a client package calls a pool and a connection, and what is made of them. */
export interface Handles<Pool, Connection> {
  /** What messages call the database. */
  readonly called: string
  /** What is inside of a wrapper of the package. */
  unwrap?(handle: unknown): unknown
  isPool(handle: unknown): handle is Pool
  /** @throws InvalidOptionError for anything else */
  connectionIn(handle: unknown): Connection
  linksOf(pool: Pool): Links
  linkOf(connection: Connection): Link & { letGo?(): void }
}

/**
 * The connections of the option `dbh`: a pool, a connection, or a function that gives one, which is asked again when a
 * connection is lost.
 *
 * @throws InvalidOptionError
 */
export async function handedIn<Pool, Connection>(
  dbh: unknown,
  handles: Handles<Pool, Connection>,
): Promise<Links> {
  const ask = async (): Promise<unknown> => {
    const handle: unknown = typeof dbh === 'function' ? await dbh() : dbh
    return handles.unwrap ? handles.unwrap(handle) : handle
  }
  const handle = await ask()
  if (handles.isPool(handle)) return handles.linksOf(handle)
  let first: Connection | undefined = handles.connectionIn(handle)
  const next = async () => {
    const connection = first ?? handles.connectionIn(await ask())
    first = undefined
    return handles.linkOf(connection)
  }
  const letGo = (link: Link & { letGo?(): void }) => link.letGo?.()
  return new SingleLink(handles.called, next, letGo, typeof dbh === 'function')
}
