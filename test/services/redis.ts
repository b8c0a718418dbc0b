import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type Service, startService } from './process.ts'
import { words } from './words.ts'

/** A Redis that keeps nothing on disk, unless further arguments say so (`['--appendonly', 'yes']`). */
export function redis(args: readonly string[] = []): Promise<Service> {
  return startService({
    program: 'redis-server',
    socket: ({ folder }) => join(folder, 'socket'),
    args: ({ port, folder }) => [
      ...words(`--bind 127.0.0.1 --port ${port} --unixsocket ${join(folder, 'socket')} --dir ${folder}`),
      ...words(`--appendonly no --save`),
      '',
      ...args,
    ],
    isReady: ({ port }) =>
      redisCommand(port, 'TIME').catch((error: unknown) => {
        // It asks for a password, so it answers.
        if (!String(error).includes('NOAUTH')) throw error
      }),
  })
}

/** One command over a connection of its own; throws what the server, or the system, has against it. */
export async function redisCommand(port: number, name: string, ...args: string[]): Promise<unknown> {
  const client = new Redis({
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    protocol: 2, // Asks for no password before the command does.
    retryStrategy: null,
    connectTimeout: 1000,
    commandTimeout: 5000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await client.call(name, ...args)
  } finally {
    client.disconnect()
  }
}
