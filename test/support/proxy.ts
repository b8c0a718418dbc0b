import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Stands between a driver and its server, and can break the connections. */
export class Proxy {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  /** How much of the next answer arrives; undefined for all of it. */
  #limit: number | undefined

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      const pair = [near, far] as const
      this.#pairs.add(pair)
      for (const socket of pair) {
        socket.on('error', () => {})
        socket.on('close', () => this.#cut(pair))
      }
      near.on('data', (data) => far.write(data))
      far.on('data', (data) => {
        const limit = this.#limit
        this.#limit = undefined
        if (near.writableEnded) return
        if (limit === undefined) near.write(data)
        else near.end(data.subarray(0, limit), () => this.#cut(pair))
      })
    })
  }

  async open(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      this.#server.close()
      this.cut()
    })
    return (this.#server.address() as AddressInfo).port
  }

  /** The next answer does not arrive, or only so many bytes of it: the connection breaks instead. */
  loseAnswer(bytes = 0): void {
    this.#limit = bytes
  }

  /** Breaks all connections. */
  cut(): void {
    for (const pair of this.#pairs) this.#cut(pair)
  }

  get connections(): number {
    return this.#pairs.size
  }

  #cut(pair: readonly [Socket, Socket]): void {
    for (const socket of pair) socket.destroy()
    this.#pairs.delete(pair)
  }
}
