import type { Response, Server } from 'memjs'
import type { Socket } from 'node:net'
import { ClosedError } from '../errors.ts'
import { NoAnswer, NothingDone } from '../remote/failures.ts'
import { OtherConnection, Refusal, UnknownOutcome } from './failures.ts'
import { type MemjsClient, newServer, nextNumber } from './memjs.ts'
import { type Command, encode, opcodes, statuses } from './protocol.ts'

/** What memcached says, and the connection on which it said so. */
export interface Answer extends Pick<Response, 'header' | 'extras' | 'val'> {
  readonly connection: object
}

/**
 * The way to one memcached: the connection that memjs has, guarded. memjs leaves a request unanswered for ever when the
 * connection is closed in the middle of an answer, and takes that half for the beginning of what comes over the next
 * one. So whatever breaks ends all requests that are under way, and then memjs's `Server` is not used again: another
 * one takes its place.
 */
export class Line {
  /** What messages call it. */
  readonly called: string
  readonly #client: MemjsClient
  readonly #index: number
  #watched: { readonly server: Server; readonly socket: Socket; readonly onClose: () => void } | undefined
  #closed = false

  /** @param index of the server among those of the client */
  constructor(client: MemjsClient, index: number) {
    const { host, port } = client.servers[index]!
    this.called = `Memcached at ${host ? `${host}:${port}` : port}`
    this.#client = client
    this.#index = index
  }

  /** What is there of it, as memjs has it. */
  get server(): Server {
    return this.#client.servers[this.#index]!
  }

  /**
   * What memcached answers.
   *
   * @param milliseconds after which the connection is given up; less than 0 when it is too late already
   * @throws NothingDone when the command was not sent, or changes nothing and its answer was lost
   * @throws OtherConnection before anything was sent
   */
  send(command: Command, milliseconds: number): Promise<Answer> {
    if (this.#closed) throw new ClosedError(this.called)
    if (milliseconds <= 0) throw new NoAnswer('did not answer')
    const { server } = this
    const { connection } = command
    if (connection && (connection !== server || !server.connected)) throw new OtherConnection()
    const number = nextNumber(this.#client)
    const request = encode(command, number)
    return new Promise((settle, fail) => {
      let isSent = server.connected
      const timer = setTimeout(() => {
        fail(new NoAnswer('did not answer'))
        this.#drop(server, new Error('It did not answer an earlier call'))
      }, milliseconds)
      server.onResponse(number, (response) => {
        clearTimeout(timer)
        if (response.header.opcode !== command.opcode) this.#drop(server, new Error('It gave a wrong answer'))
        else {
          const { header, extras, val } = response
          settle({ header, extras, val, connection: server })
        }
      })
      server.onError(number, (error: unknown) => {
        clearTimeout(timer)
        this.#renew(server)
        // A text is how memjs tells of one thing only.
        if (typeof error === 'string') fail(Refusal.of(statuses.unauthorized))
        else if (isSent && changes(command)) fail(new UnknownOutcome(error))
        else fail(new NothingDone(error))
      })
      if (!isSent) {
        server.sock(false, () => {
          isSent = true
        })
      }
      server.write(request)
      // There is a socket now, connected or not.
      if (!isSent || this.#watched?.server !== server)
        server.sock(true, (socket) => this.#watch(server, socket))
    })
  }

  /** Closes the connection. */
  async end(): Promise<void> {
    const { server } = this
    const socket = this.#watched?.socket
    this.#closed = true
    const closed = socket && !socket.closed && new Promise((settle) => socket.once('close', settle))
    this.#drop(server, new ClosedError(this.called))
    await closed
  }

  /** Leaves the connection to whom it belongs. */
  leave(): void {
    this.#closed = true
    this.#unwatch()
  }

  #watch(server: Server, socket: Socket): void {
    if (this.#watched?.socket === socket) return
    this.#unwatch()
    const onClose = () => this.#drop(server, new Error('The connection was closed'))
    this.#watched = { server, socket, onClose }
    socket.once('close', onClose)
  }

  #unwatch(): void {
    const { socket, onClose } = this.#watched ?? {}
    if (onClose) socket?.off('close', onClose)
    this.#watched = undefined
  }

  /** Fails all requests that are under way. */
  #drop(server: Server, error: Error): void {
    this.#renew(server)
    server.error(error)
  }

  #renew(broken: Server): void {
    if (this.#watched?.server === broken) {
      // memjs may have let go of it without closing it.
      this.#watched.socket.destroy()
      this.#unwatch()
    }
    const { servers } = this.#client
    if (!servers.includes(broken)) return
    const fresh = newServer(broken)
    for (const [index, server] of servers.entries()) if (server === broken) servers[index] = fresh
  }
}

function changes({ opcode }: Command): boolean {
  return opcode !== opcodes.get && opcode !== opcodes.noop
}
