import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../support/project.ts'
import { isMissing, redisCommand } from './index.ts'

test.skipIf(isMissing('redis'))('the script starts a server, says where it is, and ends it', async () => {
  const child = spawn(process.execPath, [join(root, 'dist/scripts/services.js'), 'redis'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
  })
  await expect.poll(() => said, { timeout: 20_000 }).toContain('until Ctrl-C')
  const port = Number(/^export REDIS_URL='redis:\/\/127\.0\.0\.1:(\d+)'$/m.exec(said)?.[1])
  expect(await redisCommand(port, 'PING')).toBe('PONG')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  await expect(redisCommand(port, 'PING')).rejects.toThrow()
})
