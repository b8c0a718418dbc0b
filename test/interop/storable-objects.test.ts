import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { perlDefaults } from '../../src/perl/options.ts'
import { readHeader } from '../../src/perl/storable/header.ts'
import { thawStorable } from '../../src/perl/storable/reader.ts'
import { freezeStorable } from '../../src/perl/storable/writer.ts'

const script = new URL('storable-objects.pl', import.meta.url).pathname
const found = spawnSync('perl', ['-MStorable', '-MJSON::PP', '-MMath::BigFloat', '-e', '1']).status === 0
const required = process.env['CI_REQUIRE_ALL'] === '1'

function perl(args: readonly string[], input: string): string[] {
  const { status, stdout, stderr } = spawnSync('perl', [script, ...args], { input, maxBuffer: 2 ** 30 })
  if (status !== 0) throw new Error(stderr.toString())
  return stdout.toString().trim().split('\n')
}

describe.skipIf(!found && !required)('with live Perl', () => {
  test('what only Storable carries goes back as it came', () => {
    const images = perl([], '')
    expect(images.length).toBe(29 * 4)
    const rewritten = images.map((line) => {
      const [name, way, base64] = line.split(' ') as [string, string, string]
      const image = Buffer.from(base64, 'base64')
      const written = freezeStorable(thawStorable(image), perlDefaults, readHeader(image))
      return `${name} ${way} ${written.toString('base64')}\n`
    })
    const answers = perl(['compare'], rewritten.join(''))
    expect(answers.filter((answer) => !answer.endsWith(' same'))).toEqual([])
    expect(answers.length).toBe(images.length)
  })
})
