import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { runScript, TemporaryFolder } from './run-script.ts'

const hasPerl = spawnSync('perl', ['-MSafe', '-e', '1']).status === 0

test('Perl is here when everything is required', () => {
  expect(hasPerl || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

describe('demo', () => {
  test('walks through nine steps and leaves nothing behind', async () => {
    using folder = new TemporaryFolder()
    const { code, stdout, stderr } = await runScript('demo', [], folder.environment)
    expect({ code, stderr, left: folder.list() }).toEqual({ code: 0, stderr: '', left: [] })
    const steps = stdout.split('\n').filter((line) => /^\d+\. /.test(line))
    expect(steps.map((line) => Number.parseInt(line, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const line of [
      'the counter       100',
      'captcha now       undefined',
      'session.expired   true',
      'cart, reloaded    [{"sku":"SKU-1","quantity":3}]',
      'theme             dark',
      'purged            3',
      'perl              Alice has count 4 and in the cart SKU-1, SKU-2, SKU-9',
    ]) {
      expect(stdout).toContain(`   ${line}\n`)
    }
    expect(stdout).toContain(hasPerl ? 'Perl reads it back' : 'There is no Perl')
    expect(stdout.trimEnd()).toMatch(/Everything above was checked\.$/)
    // oxlint-disable-next-line no-control-regex -- colours are for terminals
    expect(stdout).not.toMatch(/\u001b/)
  })

  test('says so when there is no Perl', async () => {
    using folder = new TemporaryFolder()
    const { code, stdout } = await runScript('demo', [], { ...folder.environment, PATH: folder.path })
    expect(code).toBe(0)
    expect(stdout).toContain('There is no Perl with its Safe module on this machine. It would read:')
  })

  test('its worker answers wrong arguments', async () => {
    const ran = await runScript('demo-worker', ['driver:Memory', 'x', 'id', 'often'])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('Usage:')
  })
})
