import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * A port on 127.0.0.1 that nobody listens on. From below the range that the system takes the ports of outgoing
 * connections from: such a connection could hold the port while a server is down and is to come back.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
  })
}
