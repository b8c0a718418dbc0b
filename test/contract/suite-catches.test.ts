import { describe, expect, test } from 'vitest'
import type { ContractCase, ContractContext, DriverSetup } from '../../src/testing/index.ts'
import {
  ContractBreach,
  driverContract,
  idGeneratorContract,
  serializerContract,
} from '../../src/testing/index.ts'
import { brokenDrivers } from './broken-drivers/index.ts'
import { brokenIdGenerators, HexGenerator } from './broken-id-generators.ts'
import { brokenSerializers } from './broken-serializers.ts'
import { breakStorage, dropStorage, LockingMapDriver, type MapDriver } from './map-driver.ts'
import { PlainSerializer } from './plain-serializer.ts'

/** The suite passes what keeps the contract, and each of its cases fails for something that breaks it. */
function expectCatches(
  sound: readonly ContractCase[],
  broken: Readonly<Record<string, { readonly caughtBy: string; readonly cases: readonly ContractCase[] }>>,
): void {
  describe('passes what keeps it', () => {
    for (const { name, run } of sound) test(name, run)
  })

  describe('catches what', () => {
    for (const [what, { caughtBy, cases }] of Object.entries(broken)) {
      test(what, async () => {
        const found = cases.find(({ name }) => name === caughtBy)
        expect(found, `the case ${caughtBy}`).toBeDefined()
        await expect(found?.run()).rejects.toThrow(ContractBreach)
      })
    }
  })

  test('has no case that catches nothing', () => {
    const caught = new Set(Object.values(broken).map(({ caughtBy }) => caughtBy))
    expect(sound.filter(({ name }) => !caught.has(name)).map(({ name }) => name)).toEqual([])
  })
}

function mapped<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

describe('the driver contract', () => {
  const setupOf = (Driver: new (context: ContractContext) => MapDriver): DriverSetup => ({
    create: (context) => new Driver(context),
    sabotage: breakStorage,
    destroy: dropStorage,
    records: 1500,
    heavy: true,
  })
  const without = { 'ids: lists 100,000 records in constant memory': 'this one copies its list first' }
  expectCatches(
    driverContract({ ...setupOf(LockingMapDriver), without }),
    mapped(brokenDrivers, ({ Driver, caughtBy, setup }) => ({
      caughtBy,
      cases: driverContract({ ...setupOf(Driver), ...setup }),
    })),
  )
})

describe('the id generator contract', () => {
  expectCatches(
    idGeneratorContract({ create: (context) => new HexGenerator(context) }),
    mapped(brokenIdGenerators, ({ Generator, caughtBy, kind = 'random' }) => ({
      caughtBy,
      cases: idGeneratorContract({ create: (context) => new Generator(context), kind }),
    })),
  )
})

describe('the serializer contract', () => {
  const refused = ['[]', '{}x']
  expectCatches(
    serializerContract({ create: () => new PlainSerializer(), refused }),
    mapped(brokenSerializers, ({ Serializer, caughtBy }) => ({
      caughtBy,
      cases: serializerContract({ create: () => new Serializer(), refused }),
    })),
  )
})
