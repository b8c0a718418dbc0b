import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../support/project.ts'
import { newFolder } from './data-session.ts'

const bin = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'bin.js')

const endless = ['new-id', '-n', '999999999', '-t', 'id:MD5']

test('whoever has read enough gets no complaint', async () => {
  const script = '"$0" "$@" | head -n 2 | wc -l; echo "${PIPESTATUS[0]}"'
  const { stdout, stderr } = await runCommand('bash', ['-c', script, process.execPath, bin, ...endless])
  expect([stdout, stderr]).toEqual(['2\n0\n', ''])
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a command without a word', async (signal, code) => {
  const child = spawn(process.execPath, [bin, ...endless], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: newFolder(),
  })
  let err = ''
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  await once(child.stdout, 'readable')
  child.kill(signal)
  child.stdout.resume()
  const [ended] = (await once(child, 'close')) as [number]
  expect([ended, err]).toEqual([code, ''])
})
