import { describe, expect, test, vi } from 'vitest'
import { useMinimalStore } from '../support/minimal-store.ts'

const context = useMinimalStore()

function recorder() {
  const warnings: string[] = []
  const steps: string[] = []
  const logger = {
    warn: (message: string): void => void warnings.push(message),
    debug: (message: string): void => void steps.push(message),
  }
  return { logger, warnings, steps }
}

describe('dump', () => {
  test('writes every key, sorted, reserved ones too, whatever verbose says', async () => {
    const { logger, steps } = recorder()
    const session = await (await context.open({ logger })).load('abc')
    session.param({ user: { name: 'Alice', n: 1 }, list: [1, 'x'], none: null, zero: 0 })
    session.expire({ user: 60 })
    session.dump('Heading')
    const now = context.clock.seconds
    expect(steps).toEqual([
      'Heading',
      `_SESSION_ATIME: ${now}`,
      `_SESSION_CTIME: ${now}`,
      '_SESSION_ETIME: 0',
      '_SESSION_ID: abc',
      `_SESSION_PDEADLINE: user: [ 60, ${now + 60} ]`,
      '_SESSION_PTIME: user: 60',
      "list: [ 1, 'x' ]",
      'none: ',
      'user: n: 1, name: Alice',
      'zero: 0',
    ])
  })

  test('goes to standard error, with a number sign before each line', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const session = await (await context.open()).load('abc')
    session.dump()
    const lines = write.mock.calls.map(([text]) => text)
    write.mockRestore()
    expect(lines).toContain('# _SESSION_ID: abc\n')
  })
})

describe('verbose', () => {
  const expiring = async (verbose: number): Promise<ReturnType<typeof recorder>> => {
    const recorded = recorder()
    const store = await context.open({
      type: 'driver:Minimal;serialize:JSON',
      logger: recorded.logger,
      verbose,
    })
    const session = await store.load('abc')
    session.param({ a: 1, b: 2 })
    session.expire(100)
    session.expire('a', 10)
    await session.flush()
    context.clock.advance(11)
    await (await store.load('abc')).flush()
    context.clock.advance(200)
    await store.load('abc')
    return recorded
  }

  test('0 says nothing', async () => {
    expect(await expiring(0)).toMatchObject({ warnings: [], steps: [] })
  })

  test('1 warns of what is defaulted and of what expires', async () => {
    expect(await expiring(1)).toMatchObject({
      warnings: [
        "Warning for type: Defaulting 'id' to 'MD5'",
        "Expiring parameter 'a' of id: abc",
        'Expiring id: abc',
      ],
      steps: [],
    })
  })

  test('2 also dumps each session when it is loaded and when it is flushed', async () => {
    const { steps } = await expiring(2)
    expect(steps.filter((line) => /^(Loaded|Flushing) abc$/.test(line))).toEqual([
      'Loaded abc',
      'Flushing abc',
      'Loaded abc',
      'Flushing abc',
      'Loaded abc',
    ])
    expect(steps).toContain('b: 2')
  })
})

test('traverse and validateTime of a session', async () => {
  const store = await context.open()
  for (const id of ['a', 'b']) {
    const session = await store.load(id)
    session.param('x', 1)
    await session.flush()
  }
  const session = await store.load('a')
  const ids: string[] = []
  expect(await session.traverse((id) => void ids.push(id))).toBe(true)
  expect(ids.sort()).toEqual(['a', 'b'])
  expect(session.validateTime('2h')).toBe(7200)
})
