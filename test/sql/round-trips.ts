import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** Stands between a driver and its server, and counts how often the driver has spoken after the server did. */
export async function countRoundTrips(port: number): Promise<{ port: number; count: () => number }> {
  let count = 0
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let serverSpokeLast = true
    near.on('data', (data) => {
      if (serverSpokeLast) count += 1
      serverSpokeLast = false
      far.write(data)
    })
    far.on('data', (data) => {
      serverSpokeLast = true
      near.write(data)
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  return { port: (proxy.address() as AddressInfo).port, count: () => count }
}
