import type { Server } from 'memjs'

/** What is used of a client of memjs. */
export interface MemjsClient {
  /** The place of each may be taken by another one that leads to the same memcached. */
  readonly servers: Server[]
  seq: number
  incrSeq(): void
  getServer(key: string): string | number
}

export function isMemjsClient(value: unknown): value is MemjsClient {
  const { servers, incrSeq, getServer } = Object(value) as Partial<MemjsClient>
  return (
    Array.isArray(servers) &&
    servers.length > 0 &&
    servers.every(isServer) &&
    typeof incrSeq === 'function' &&
    typeof getServer === 'function'
  )
}

function isServer(value: unknown): boolean {
  const { write, sock, onResponse, onError, error } = Object(value) as Partial<Server>
  return [write, sock, onResponse, onError, error].every((method) => typeof method === 'function')
}

/** The same memcached, by a connection that is yet to be made. */
export function newServer({ constructor, host, port, username, password, options }: Server): Server {
  return new (constructor as typeof Server)(host, port, username, password, options)
}

/** What the next request bears. memjs itself would count on below 0, where there is no number for it. */
export function nextNumber(client: MemjsClient): number {
  client.incrSeq()
  if (client.seq < 0) client.seq = 1
  return client.seq
}
