import { describe, expect, test } from 'vitest'
import { restrict, setAlias, weaken } from '../../src/perl/marks.ts'
import {
  Blessed,
  Code,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  VString,
} from '../../src/perl/values.ts'
import type { Node } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

const text = (v: string): Node => ({ t: 'str', v })
const hash = (...v: [string, Node][]): Node => ({ t: 'hash', v })
const list = (...v: Node[]): Node => ({ t: 'array', v })
const num = (v: string, hex: string): Node => ({ t: 'num', v, hex })

/** A value that is the node, one that is not, and what the format cannot tell. */
const cases: [string, Node, unknown, unknown, Rules?][] = [
  ['undef', { t: 'undef' }, null, undefined],
  ['an integer', { t: 'int', v: '5' }, 5, '5'],
  ['an integer that is not safe', { t: 'int', v: '9007199254740993' }, 9007199254740993n, 9007199254740992],
  ['a large integer', { t: 'int', v: '10000000000000000' }, 10n ** 16n, 1e16, {}],
  ['an integer as a string', { t: 'int', v: '5' }, '5', 5, { numbers: 'strings' }],
  ['a double', num('0.1', '3fb999999999999a'), 0.1, 0.1 + 1e-16],
  ['minus zero', num('-0', '8000000000000000'), -0, 0],
  ['a double that prints', num('', '3fd3333333333334'), 0.3, 0.1 + 0.2, { numbers: 'printed' }],
  ['a string', text('5'), '5', 5],
  ['octets', { t: 'bytes', b64: 'w6k=' }, 'Ã©', 'é'],
  ['octets of text', { t: 'bytes', b64: 'w6k=' }, 'é', 'Ã©', { text: 'utf8' }],
  ['odd code points', { t: 'str', cps: [0x110000] }, new PerlString([0x110000]), '\ufffd'],
  ['a boolean', { t: 'bool', v: true }, true, '1'],
  ['a boolean as a string', { t: 'bool', v: false }, '', false, { booleans: 'strings' }],
  ["JSON's boolean", { t: 'jsonbool', v: true }, new JsonBoolean(true), true],
  [
    "JSON's boolean as such",
    { t: 'jsonbool', v: true },
    true,
    new JsonBoolean(true),
    { jsonBooleans: 'native' },
  ],
  ['a version', { t: 'vstring', v: '1.2' }, new VString('v1.2'), '1.2'],
  ['a pattern', { t: 'regexp', pat: 'a', flags: 'i' }, new Regexp('a', 'i'), new Regexp('a')],
  ['code', { t: 'code' }, new Code(), null],
  ['a key too many', hash(), {}, { a: 1 }],
  ['another key', hash(['a', text('')]), { a: '' }, { b: '' }],
  ['a list', list(text('a')), ['a'], { 0: 'a' }],
  ['a longer list', list(text('a')), ['a'], ['a', null]],
  ['a hole', list({ t: 'hole' }), Array<unknown>(1), [null]],
  ['no hole', list({ t: 'undef' }), [null], Array<unknown>(1)],
  ['a hole as null', list({ t: 'hole' }), [null], Array<unknown>(1), { holes: 'null' }],
  ['a class', { ...hash(), bless: 'A' }, new Blessed('A', {}), new Blessed('B', {})],
  ['no class', hash(), {}, new Blessed('A', {})],
  ['a reference', { t: 'ref', v: text('a') }, new ScalarRef('a'), 'a'],
  ['a locked hash', { ...hash(), locked: true }, locked(), {}],
  ['a hash that is not locked', hash(), {}, locked()],
]

function locked(): object {
  const hash = {}
  restrict(hash)
  return hash
}

describe('the meaning of a node', () => {
  test.each(cases)('%s', (_, node, right, wrong, rules) => {
    expectMeaning(right, node, rules)
    expect(() => expectMeaning(wrong, node, rules)).toThrow()
    expectMeaning({ v: right }, hash(['v', node]), rules)
    expect(() => expectMeaning({ v: wrong }, hash(['v', node]), rules)).toThrow()
  })

  test('what is shared, and what is not', () => {
    const node = list({ ...list(), id: 1 }, { t: 'same', id: 1 })
    const one: unknown[] = []
    expectMeaning([one, one], node)
    expect(() => expectMeaning([one, []], node)).toThrow()
    expect(() => expectMeaning([one, one], list(list(), list()))).toThrow()
    expectMeaning([one, one], list(list(), list()), { sharing: false })
  })

  test('a weak reference', () => {
    const node: Node = { ...hash(['self', { t: 'same', id: 1, weak: true }]), id: 1 }
    const parent: Record<string, unknown> = {}
    parent['self'] = parent
    expect(() => expectMeaning(parent, node)).toThrow('weak')
    expectMeaning(parent, node, { weak: false })
    weaken(parent, 'self')
    expectMeaning(parent, node)
  })

  test('references to elements, and to one scalar', () => {
    const elements = list({ ...text('a'), cid: 1 }, { t: 'ref', to: 1 })
    const array: unknown[] = ['a']
    array.push(ScalarRef.to(array, 0))
    expectMeaning(array, elements)
    expect(() => expectMeaning(['a', new ScalarRef('a')], elements)).toThrow()

    const scalar = new ScalarRef('a')
    const both = list({ t: 'ref', v: { ...text('a'), cid: 1 } }, { t: 'ref', to: 1 })
    expectMeaning([scalar, scalar], both)
    expect(() => expectMeaning([scalar, new ScalarRef('a')], both)).toThrow()
  })

  test('an element in common', () => {
    const node = list({ ...text('a'), cid: 1 }, { t: 'alias', cid: 1 })
    const array = ['a', 'a']
    expect(() => expectMeaning(array, node)).toThrow('alias')
    const scalar = {}
    setAlias(array, 0, scalar)
    setAlias(array, 1, scalar)
    expectMeaning(array, node)
  })

  test('what a class froze itself', () => {
    const node: Node = { ...hash(['list', list(text('a'))], ['n', text('h')]), bless: 'A' }
    const hook = new StorableHook('A', 'hash', Buffer.from('cookie'), [['a']])
    const rules = (cookie: string): Rules => ({ hook: { class: 'A', cookie, refs: '' } })
    expectMeaning(hook, node, rules('cookie'))
    expect(() => expectMeaning(hook, node, rules('other'))).toThrow()
    expect(() => expectMeaning(hook, { ...node, bless: 'B' }, rules('cookie'))).toThrow()
  })
})
