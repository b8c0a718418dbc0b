import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApacheSession } from '../../../src/index.ts'
import { newSessions } from './sessions.ts'

const hostile = [
  '<script>alert(1)</script>',
  '</pre></td></table><img src=x onerror=alert(1)>',
  '"\'><svg/onload=alert(1)>',
  '&lt;b&gt; &amp; &#60;',
  '\u2028</style>\0',
]

test('a table of metadata and data', async () => {
  const { sessions, clock } = await newSessions()
  const s = await sessions.new()
  s['cart'] = [{ sku: 'x', quantity: 2 }]
  s['name'] = 'Alice & Bob'
  const row = (key: string, value: string) => `<tr><th>${key}</th><td><pre>${value}</pre></td></tr>`
  expect(s.dumpToHtml().trimEnd().split('\n')).toEqual([
    '<table>',
    '<tr><th>Key</th><th>Value</th></tr>',
    row('_ID', s._ID),
    row('_EXPIRES', String(clock.seconds + 3600)),
    row('_LIFETIME', '3600'),
    row('_ACCESSED', String(clock.seconds)),
    row('_AUTOCOMMIT', 'true'),
    row('_LOCK', 'false'),
    row('cart', '[ { quantity: 2, sku: &#39;x&#39; } ]'),
    row('name', 'Alice &amp; Bob'),
    '</table>',
  ])
})

/** The tags in it, and the text around them. */
function tagsOf(html: string): string[] {
  return html.match(/<[^>]*>/g) ?? []
}

const OURS = /^<\/?(?:table|tr|th|td|pre)>$/

test('nothing in it is taken for HTML, wherever it stands', async () => {
  const { sessions } = await newSessions()
  const anything = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'grapheme' }), fc.jsonValue())
  const run = async (key: string, value: unknown): Promise<void> => {
    const s = await sessions.new()
    const data = ApacheSession.dataOf(s)
    data[key] = value
    data['nested'] = { [key]: [value] }
    const html = s.dumpToHtml()
    expect(tagsOf(html).filter((tag) => !OURS.test(tag))).toEqual([])
    expect(html.replaceAll(/<\/?(?:table|tr|th|td|pre)>/g, '')).not.toMatch(
      /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/,
    )
  }
  await fc.assert(fc.asyncProperty(fc.constantFrom('key', ...hostile), anything, run), { numRuns: 200 })
})

test('a hostile key and value are shown as they are', async () => {
  const { sessions } = await newSessions()
  const s = await sessions.new()
  s['<b>'] = '<script>'
  expect(s.dumpToHtml()).toContain('<tr><th>&lt;b&gt;</th><td><pre>&lt;script&gt;</pre></td></tr>')
})
