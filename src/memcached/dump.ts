import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from 'memjs'
import { NoAnswer } from '../remote/failures.ts'
import { percentDecoded } from '../remote/percent.ts'
import { Refusal } from './failures.ts'

/** A key that memcached has. */
export interface Entry {
  readonly key: string
  /** When it drops it, in seconds since 1970; undefined for never. */
  readonly expiry: number | undefined
}

const textOnly = 'It lists its keys in the text protocol only, which it cannot speak with SASL'

/** Milliseconds between two tries while it makes a dump for somebody else. */
const PAUSE = 50

/**
 * All keys of one memcached, in pages as they come: by the text protocol and a connection of its own, since the binary
 * protocol has no command for that.
 *
 * @param timeout how long to wait for more, in milliseconds
 */
export async function* dumpKeys(
  server: Server,
  timeout: number,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const { host, port, username } = server
  const socket = host ? connect(port, host) : connect(String(port))
  const lines = new Lines(socket, timeout)
  try {
    const giveUp = performance.now() + timeout
    // By its table of keys; an older one knows to go by how recently each was used only, which changes meanwhile.
    for (let order = 'hash'; ; ) {
      socket.write(`lru_crawler metadump ${order}\r\n`)
      const first = await lines.next().catch((error: unknown) => {
        throw username && error instanceof EndOfLines ? new Refusal(textOnly) : error
      })
      const [answer = ''] = first
      if (answer.startsWith('BUSY') && performance.now() + PAUSE < giveUp) await delay(PAUSE)
      else if (answer.startsWith('BADCLASS') && order === 'hash') order = 'all'
      else {
        yield* pages(first, lines)
        return
      }
    }
  } finally {
    socket.destroy()
  }
}

async function* pages(
  first: readonly string[],
  lines: Lines,
): AsyncGenerator<readonly Entry[], void, undefined> {
  for (let page = first; ; page = await lines.next()) {
    const isLast = page.at(-1) === 'END'
    yield entriesIn(isLast ? page.slice(0, -1) : page)
    if (isLast) return
  }
}

function entriesIn(lines: readonly string[]): Entry[] {
  const entries: Entry[] = []
  for (const line of lines) {
    const [, name, expiry] = /^key=(\S+) exp=(-?\d+) /.exec(line) ?? []
    if (name === undefined) throw new Refusal(`It does not list its keys: ${line}`)
    const key = percentDecoded(name)
    // Of sessions each is text.
    if (key !== undefined) entries.push({ key, expiry: Number(expiry) < 0 ? undefined : Number(expiry) })
  }
  return entries
}

class EndOfLines extends Error {
  override message = 'The connection was closed before it had listed all its keys'
}

/** What comes over a socket, in lines. While nobody asks for more, no more is taken in. */
class Lines {
  readonly #chunks: AsyncIterator<Buffer>
  #rest = ''

  constructor(
    private readonly socket: Socket,
    private readonly timeout: number,
  ) {
    this.#chunks = socket[Symbol.asyncIterator]()
  }

  /** One or more. */
  async next(): Promise<string[]> {
    for (;;) {
      const lines = (this.#rest + (await this.#read()).toString('latin1')).split(/\r?\n/)
      this.#rest = lines.pop()!
      if (lines.length > 0) return lines
    }
  }

  async #read(): Promise<Buffer> {
    const timer = setTimeout(() => this.socket.destroy(new NoAnswer('did not answer')), this.timeout)
    try {
      const { done, value } = await this.#chunks.next()
      if (done === true) throw new EndOfLines()
      return value
    } finally {
      clearTimeout(timer)
    }
  }
}
