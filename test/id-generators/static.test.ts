import { expect, test } from 'vitest'
import Static from '../../id-generators/Static.ts'
import { InvalidOptionError } from '../../src/errors.ts'

test.each(['abc', '00', ' ', 7])('gives the option id: %j', (id) => {
  const generator = new Static({ id })
  expect([generator.generate(), generator.generate()]).toEqual([String(id), String(id)])
  expect(generator.hardestId).toBe(String(id))
  expect(generator.idLength).toBe(String(id).length)
})

test.each([undefined, null, '', 0, '0', false])('refuses %j', (id) => {
  expect(() => new Static({ id })).toThrow(InvalidOptionError)
})
