import { tryUntil } from '../remote/attempts.ts'
import { isUnknownScript, maySendAgain, storageError } from './failures.ts'
import type { RedisCommand, RedisLink } from './link.ts'
import type { Script } from './scripts.ts'

/**
 * Redis, within a deadline: what surely had no effect is tried again until then. All that goes wrong for good comes out
 * as a `StorageError`.
 */
export class Server {
  /**
   * @param link the client
   * @param called what messages call it
   * @param timeout in milliseconds
   */
  constructor(
    readonly link: RedisLink,
    private readonly called: string,
    private readonly timeout: number,
  ) {}

  /** A command about one key that changes something. */
  write(key: string, name: string, ...args: (string | Buffer)[]): Promise<unknown> {
    return this.#send(this.link, { words: [name, key, ...args], key, repeatable: false })
  }

  /** A command about one key that may be done twice. */
  read(key: string, name: string, ...args: string[]): Promise<unknown> {
    return this.#send(this.link, { words: [name, key, ...args], key, repeatable: true })
  }

  run(
    { text, digest }: Script,
    repeatable: boolean,
    key: string,
    ...args: (string | Buffer)[]
  ): Promise<unknown> {
    return this.#within(async (left) => {
      try {
        return await this.link.send({ words: ['EVALSHA', digest, '1', key, ...args], key, repeatable }, left)
      } catch (error) {
        if (!isUnknownScript(error)) throw error
        return this.link.send({ words: ['EVAL', text, '1', key, ...args], key, repeatable }, left)
      }
    })
  }

  nodes(): Promise<readonly RedisLink[]> {
    return this.#within((left) => this.link.nodes(left))
  }

  /** A command to one node. */
  ask(node: RedisLink, command: RedisCommand): Promise<unknown> {
    return this.#send(node, command)
  }

  #send(link: RedisLink, command: RedisCommand): Promise<unknown> {
    return this.#within((left) => link.send(command, left))
  }

  /** @param attempt gets the milliseconds that are left */
  async #within<T>(attempt: (left: number) => Promise<T>): Promise<T> {
    try {
      return await tryUntil(performance.now() + this.timeout, attempt, maySendAgain)
    } catch (error) {
      throw storageError(this.called, this.timeout, error)
    }
  }
}
