import { expect, test } from 'vitest'
import { MissingPackageError } from '../src/errors.ts'
import { loadPackage } from '../src/load-package.ts'

const failure = (message: string, code: string) => () =>
  Promise.reject(Object.assign(new Error(message), { code }))

test('a package that is not there is named, with how to get it', async () => {
  const load = failure("Cannot find package 'pg' imported from here", 'ERR_MODULE_NOT_FOUND')
  const loading = loadPackage('pg', 'Pg', load)
  await expect(loading).rejects.toThrow(MissingPackageError)
  await expect(loading).rejects.toThrow(
    'driver:Pg needs the package pg, which is not installed. Install it with: npm install pg',
  )
})

test('one that cannot be loaded says why', async () => {
  const loading = loadPackage('pg', 'Pg', failure('Something is wrong\nand more', 'ERR_OTHER'))
  await expect(loading).rejects.toThrow('which cannot be loaded (Something is wrong)')
})
