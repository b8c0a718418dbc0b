import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { isMissing, isProgramMissing } from '../services/index.ts'
import { freePort } from '../services/ports.ts'
import { bytes, textOf } from '../support/stored.ts'
import { newServer, openDriver } from './redis-setup.ts'

/** A certificate for 127.0.0.1, which nobody but itself has signed. */
function newCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost'
  const files = `-addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`
  execFileSync('openssl', `${request} ${files}`.split(' '), { stdio: 'pipe' })
  return { key, cert }
}

test.skipIf(isMissing('redis') || isProgramMissing('openssl'))(
  'TLS, with a certificate that is trusted',
  async () => {
    const { key, cert } = newCertificate()
    const port = await freePort()
    await newServer(
      `--tls-port ${port} --tls-key-file ${key} --tls-cert-file ${cert} --tls-ca-cert-file ${cert} --tls-auth-clients no`.split(
        ' ',
      ),
    )
    const dataSource = `rediss://127.0.0.1:${port}`
    const trusted = { tls: { ca: readFileSync(cert) } }
    const driver = await openDriver({ dataSource, dataSourceAttrs: trusted })
    await driver.store('a', bytes('1'), 60)
    expect(await textOf(driver, 'a')).toBe('1')
    const failure = await openDriver({ dataSource, timeout: 500 }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StorageError)
    expect((failure as StorageError).message).toContain('self-signed certificate')
  },
)
