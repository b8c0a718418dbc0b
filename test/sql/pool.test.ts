import { EventEmitter } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ClosedError, StorageError } from '../../src/errors.ts'
import { SingleLink } from '../../src/sql/borrowed-links.ts'
import { Deadline } from '../../src/sql/deadline.ts'
import type { Answer, Link, Links } from '../../src/sql/link.ts'
import { OwnLinks } from '../../src/sql/own-links.ts'
import { Pool } from '../../src/sql/pool.ts'

class FakeLink extends EventEmitter implements Link {
  broken = false
  ended = false
  alive = true
  run = (): Promise<Answer> => Promise.resolve({ rows: [], count: 0 })

  cut(): void {
    this.broken = true
  }

  async end(): Promise<void> {
    this.ended = true
  }

  keepAlive(on: boolean): void {
    this.alive = on
  }
}

function newPool(max: number, share = 1, made: FakeLink[] = []): { pool: Pool; made: FakeLink[] } {
  const connect = async () => {
    const link = new FakeLink()
    made.push(link)
    return link
  }
  const pool = new Pool('The server', connect, { max, share })
  onTestFinished(() => pool.close())
  return { pool, made }
}

function newDeadline(timeout = 5000): Deadline {
  const deadline = new Deadline('The server', timeout)
  onTestFinished(() => deadline.end())
  return deadline
}

describe('a pool', () => {
  test('opens as many connections as are used at once, and gives the last one again', async () => {
    const { pool, made } = newPool(3)
    const one = await pool.borrow(newDeadline())
    const two = await pool.borrow(newDeadline())
    expect(made.map(({ alive }) => alive)).toEqual([true, true])
    one.giveBack()
    two.giveBack()
    expect(made.map(({ alive }) => alive)).toEqual([false, false])
    expect((await pool.borrow(newDeadline())).link).toBe(two.link)
    expect(made).toHaveLength(2)
  })

  test('hands connections on in the order in which they were asked for', async () => {
    const { pool, made } = newPool(1)
    const first = await pool.borrow(newDeadline())
    const order: number[] = []
    const others = [1, 2, 3].map(async (number) => {
      const loan = await pool.borrow(newDeadline())
      order.push(number)
      loan.giveBack()
    })
    first.giveBack()
    await Promise.all(others)
    expect(order).toEqual([1, 2, 3])
    expect(made).toHaveLength(1)
  })

  test('opens others for all that were lost at once', async () => {
    const { pool, made } = newPool(4)
    const loans = await Promise.all([1, 2, 3, 4].map(() => pool.borrow(newDeadline())))
    for (const link of made) link.broken = true
    const waiting = [1, 2, 3, 4].map(() => pool.borrow(newDeadline()))
    for (const { giveBack } of loans) giveBack()
    for (const { link } of await Promise.all(waiting)) expect(link.broken).toBe(false)
    expect(made).toHaveLength(8)

    for (const { giveBack } of await Promise.all(waiting)) giveBack()
    for (const link of made) link.broken = true
    await Promise.all([1, 2, 3, 4].map(() => pool.borrow(newDeadline())))
    expect(made).toHaveLength(12)
  })

  test('shares a connection when there is no room for another, with who has least to do', async () => {
    const { pool, made } = newPool(2, 2)
    const loans = await Promise.all([1, 2, 3, 4].map(() => pool.borrow(newDeadline())))
    expect(made).toHaveLength(2)
    const [one, two] = made
    expect(loans.filter(({ link }) => link === one)).toHaveLength(2)
    expect(loans.filter(({ link }) => link === two)).toHaveLength(2)
    let served = false
    const fifth = pool.borrow(newDeadline()).then(() => {
      served = true
    })
    await Promise.resolve()
    expect(served).toBe(false)
    loans[0]!.giveBack()
    await fifth
  })

  test('that cannot connect says so to each, one attempt each', async () => {
    let attempts = 0
    const connect = async (): Promise<Link> => {
      attempts += 1
      throw new Error(`attempt ${attempts}`)
    }
    const pool = new Pool('The server', connect, { max: 1, share: 1 })
    const borrowings = await Promise.allSettled([1, 2, 3].map(() => pool.borrow(newDeadline())))
    expect(borrowings.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(attempts).toBe(3)
  })

  test('gives nobody a connection after the deadline', async () => {
    const { pool } = newPool(1)
    const { giveBack } = await pool.borrow(newDeadline())
    await expect(pool.borrow(newDeadline(1))).rejects.toThrow(StorageError)
    giveBack()
    await pool.borrow(newDeadline())
  })

  test('ends its connections when it is closed, those in use when they come back', async () => {
    const { pool, made } = newPool(2)
    const [one, two] = await Promise.all([pool.borrow(newDeadline()), pool.borrow(newDeadline())])
    one.giveBack()
    const waiting = pool.borrow(newDeadline())
    ;(await waiting).giveBack()
    await pool.close()
    two.giveBack()
    expect(made.map(({ ended }) => ended)).toEqual([true, true])
    await expect(pool.borrow(newDeadline())).rejects.toThrow(ClosedError)
  })
})

test('reads that are pipelined have connections of their own', async () => {
  const made: FakeLink[] = []
  const connect = async () => {
    const link = new FakeLink()
    made.push(link)
    return link
  }
  const links = new OwnLinks('The server', connect, { max: 1, pipelinedReads: 8 })
  const write = await links.borrow(newDeadline(), false)
  const reads = await Promise.all([1, 2, 3].map(() => links.borrow(newDeadline(), true)))
  expect(made).toHaveLength(2)
  expect(reads.every(({ link }) => link !== write.link)).toBe(true)
  for (const { giveBack } of [write, ...reads]) giveBack()
  links.distrust()
  expect(made.every(({ broken }) => broken)).toBe(true)
  await links.close()
})

test('a connection that was handed in is not used while a statement is under way there, nor cut', async () => {
  const link = new FakeLink()
  let answer: (answer: Answer) => void = () => {}
  link.run = () =>
    new Promise((resolve) => {
      answer = resolve
    })
  const links: Links = new SingleLink(
    'The server',
    async () => link,
    () => {},
    false,
  )
  const { link: lent, giveBack } = await links.borrow(newDeadline(), false)
  const statement = { name: '', sql: '', values: [], reads: false, repeatable: false }
  const late = newDeadline(1)
  await expect(late.wait(lent.run(statement, []), () => lent.cut())).rejects.toThrow(
    'within 1 ms (option timeout)',
  )
  giveBack()
  expect(link.broken).toBe(false)
  await expect(links.borrow(newDeadline(1), false)).rejects.toThrow(StorageError)
  const next = links.borrow(newDeadline(), false)
  answer({ rows: [], count: 0 })
  ;(await next).giveBack()
})
