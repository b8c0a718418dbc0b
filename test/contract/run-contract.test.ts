import { describe, expect, test } from 'vitest'
import type { ContractCase, DriverSetup } from '../../src/testing/index.ts'
import {
  ContractBreach,
  ContractFailedError,
  driverContract,
  idGeneratorContract,
  runContract,
  serializerContract,
} from '../../src/testing/index.ts'
import { dropStorage, MapDriver } from './map-driver.ts'

const setup: DriverSetup = { create: (context) => new MapDriver(context), destroy: dropStorage, records: 50 }

/** The cases with these names; there must be as many. */
function only(cases: readonly ContractCase[], ...names: readonly string[]): ContractCase[] {
  const found = cases.filter(({ name }) => names.includes(name))
  expect(found).toHaveLength(names.length)
  return found
}

async function breachOf({ run }: ContractCase): Promise<ContractBreach> {
  return run().then(
    () => expect.unreachable('the case passed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ContractBreach)
      return error as ContractBreach
    },
  )
}

describe('a case', () => {
  test('has a name of its own, which begins with its group', () => {
    const suites = [
      driverContract({ ...setup, heavy: true, offers: [] }),
      idGeneratorContract({ create: () => expect.unreachable() }),
      serializerContract({ create: () => expect.unreachable() }),
    ]
    for (const cases of suites) {
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
      for (const { group, name } of cases) expect(name.startsWith(`${group}: `)).toBe(true)
    }
  })

  test('tells verb, id and answer when it fails, and the cause', async () => {
    class Forgetful extends MapDriver {
      override retrieve() {
        return undefined
      }
    }
    const name = 'bytes: keeps an image of no bytes, as a record'
    const cases = driverContract({ ...setup, create: (context) => new Forgetful(context) })
    const breach = await breachOf(only(cases, name)[0]!)
    expect(breach.caseName).toBe(name)
    expect(breach.message).toContain(name)
    expect(breach.message).toContain("store('00000001000000010000000100000001', 0 bytes '', undefined)")
    expect(breach.message).toContain("retrieve('00000001000000010000000100000001') → undefined")
    expect(breach.cause).toMatchObject({ code: 'ERR_ASSERTION' })
  })

  test('fails when cleaning up fails, and tells what failed first', async () => {
    const destroy = () => {
      throw new Error('a file outside')
    }
    const name = 'absence: asking makes no record'
    const sound = only(driverContract({ ...setup, destroy }), name)[0]!
    expect((await breachOf(sound)).message).toContain('a file outside')
    const create = () => {
      throw new Error('no server')
    }
    const broken = only(driverContract({ create, destroy }), name)[0]!
    expect((await breachOf(broken)).message).toContain('no server')
  })

  test('closes every driver it opened, before the storage is destroyed', async () => {
    const events: string[] = []
    class Watched extends MapDriver {
      open(): void {
        events.push('open')
      }

      override close(): void {
        events.push('close')
      }
    }
    const cases = driverContract({
      create: (context) => new Watched(context),
      destroy: () => void events.push('destroy'),
    })
    await only(cases, 'two drivers: see what the other one does')[0]!.run()
    expect(events).toEqual(['open', 'open', 'close', 'close', 'destroy'])
  })
})

describe('what does not apply', () => {
  const reasons = async (cases: readonly ContractCase[]) => {
    const found: string[] = []
    for (const { run } of cases) await run({ skip: (reason) => found.push(reason) })
    return found
  }

  test('is skipped by the name of a case or a group, with the reason, and is not run', async () => {
    const cases = driverContract({
      create: () => expect.unreachable(),
      without: { touch: 'no touch here', 'ids: can be left early': 'it cannot' },
    })
    const off = cases.filter(({ skipped }) => skipped !== undefined)
    expect(off.length).toBeGreaterThan(5)
    for (const { group, name } of off) {
      expect([group, name]).toContain(group === 'touch' ? 'touch' : 'ids: can be left early')
    }
    expect(new Set(await reasons(off))).toEqual(new Set(['no touch here', 'it cannot']))
  })

  test('is a TypeError when no case has that name', () => {
    expect(() => driverContract({ ...setup, without: { tuch: 'a slip' } })).toThrow(TypeError)
    expect(() => driverContract({ ...setup, without: { tuch: 'a slip' } })).toThrow('"tuch"')
  })

  test('shows by itself when a driver does not offer a verb', async () => {
    const create: DriverSetup['create'] = (context) =>
      Object.assign(new MapDriver(context), { purge: undefined })
    const cases = driverContract({ ...setup, create }).filter(({ group }) => group === 'purge')
    expect(new Set(await reasons(cases))).toEqual(new Set(['this driver offers no purge']))
  })

  test('is no excuse for a verb that was promised', async () => {
    const create: DriverSetup['create'] = (context) =>
      Object.assign(new MapDriver(context), { purge: undefined })
    const offers = ['create', 'replace', 'removeIf', 'touch', 'purge'] as const
    const [promise] = only(
      driverContract({ ...setup, create, offers }),
      'offers: the optional verbs that the setup names',
    )
    expect((await breachOf(promise!)).message).toContain(
      "expected [ 'create', 'replace', 'removeIf', 'touch', 'purge' ]",
    )
  })

  test('is a matter of kind for id generators', async () => {
    const create = () => ({ idLength: 3, hardestId: 'one', generate: () => 'one' })
    const cases = idGeneratorContract({ create, kind: 'constant' })
    const shown = await reasons(cases)
    expect(new Set(shown)).toEqual(new Set(["not for the kind 'constant'"]))
    expect(shown.length).toBe(cases.filter(({ group }) => group === 'distinct' || group === 'random').length)
  })
})

describe('runContract', () => {
  const cases = driverContract({ ...setup, without: { outage: 'it never fails' } })

  test('runs all cases, writes a line for each and answers with a summary', async () => {
    const lines: string[] = []
    const { passed, skipped } = await runContract(cases, { log: (line) => lines.push(line) })
    expect(lines).toHaveLength(cases.length)
    expect(passed.length + skipped.size).toBe(cases.length)
    expect(lines).toContain('ok    absence: retrieve of an unknown id answers undefined')
    expect(lines).toContain('skip  outage: retrieve throws (it never fails)')
    expect(skipped.get('outage: retrieve throws')).toBe('it never fails')
  })

  test('throws at the end when cases failed, with all that failed', async () => {
    class Stubborn extends MapDriver {
      override remove(): boolean {
        return false
      }
    }
    const lines: string[] = []
    const run = runContract(
      driverContract({ ...setup, create: (context) => new Stubborn(context) }).filter(
        ({ group }) => group === 'absence',
      ),
      { log: (line) => lines.push(line) },
    )
    const error = await run.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ContractFailedError)
    const { errors, message } = error as ContractFailedError
    expect(message).toBe('2 failed, 3 passed, 0 skipped')
    expect(errors).toHaveLength(2)
    expect(lines.filter((line) => line.startsWith('FAIL  absence: '))).toHaveLength(2)
  })
})
