import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Plan, type Service, startService } from './process.ts'
import { words } from './words.ts'

/** A memcached with 64 MB, unless further arguments say otherwise (`['-m', '1024', '-I', '4m']`). */
export function memcached(args: readonly string[] = []): Promise<Service> {
  return startService(planWith(args))
}

/** One that wants this user name, of the form user@realm, and password. */
export function memcachedWithSasl(username: string, password: string): Promise<Service> {
  return startService({
    ...planWith(['-S']),
    prepare: async ({ folder }, run) => {
      const passwords = join(folder, 'sasldb')
      writeFileSync(join(folder, 'memcached.conf'), `mech_list: plain\nsasldb_path: ${passwords}\n`)
      await run('saslpasswd2', ['-p', '-c', '-f', passwords, '-a', 'memcached', username], password)
    },
    variables: ({ folder }) => ({ SASL_CONF_PATH: folder }),
  })
}

function planWith(args: readonly string[]): Plan {
  const asRoot = process.getuid?.() === 0
  return {
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
  }
}

/** What a memcached answers to one command of the text protocol, up to the end of its first line. */
export async function memcachedCommand(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(`${command}\r\n`)
    let answer = ''
    for await (const chunk of socket) {
      answer += chunk
      const end = answer.indexOf('\r\n')
      if (end >= 0) return answer.slice(0, end)
    }
    return answer
  } finally {
    socket.destroy()
  }
}
