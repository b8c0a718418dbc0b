import { once } from 'node:events'
import { connect } from 'node:net'
import { type Service, startService } from './process.ts'
import { words } from './words.ts'

/** A memcached with 64 MB, unless further arguments say otherwise (`['-m', '1024', '-I', '4m']`). */
export function memcached(args: readonly string[] = []): Promise<Service> {
  const asRoot = process.getuid?.() === 0
  return startService({
    program: 'memcached',
    args: ({ port }) => [...words(`-l 127.0.0.1 -p ${port} -U 0${asRoot ? ' -u root' : ''}`), ...args],
    isReady: async ({ port }) => {
      const socket = connect(port, '127.0.0.1')
      try {
        await once(socket, 'connect')
        // The first byte of the binary protocol, which it also has with SASL, where there is no other: a no-op.
        socket.write(Buffer.from([0x80, 0x0a, ...Buffer.alloc(22)]))
        const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(1000) })) as [Buffer]
        return answer[0] === 0x81
      } finally {
        socket.destroy()
      }
    },
  })
}
