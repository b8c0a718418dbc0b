import type { Node } from '../serializers/golden.ts'
import { inOrder, type Notation, pointsOf } from './notation.ts'

/** What a node of the golden records is in the notation of the live tests. */
export function nodeNotation(node: Node, { jsonModule = false } = {}): Notation {
  return new Translation(jsonModule).of(node)
}

class Translation {
  private readonly jsonModule: boolean
  private readonly homes = new Map<number, readonly [path: string, key: string] | undefined>()
  /** The numbers of hashes and arrays by their ids, and of references by those of the scalars they point to. */
  private readonly numbers = new Map<string, number>()
  private count = 0

  constructor(jsonModule: boolean) {
    this.jsonModule = jsonModule
  }

  of(node: Node): Notation {
    this.locate(node, 'D', undefined)
    return this.describe(node)
  }

  private locate(node: Node, path: string, home: readonly [string, string] | undefined): void {
    if (node.cid !== undefined && node.t !== 'alias') this.homes.set(node.cid, home)
    if (node.t === 'hash') {
      for (const [key, element] of node.v) {
        this.locate(element, `${path}{${pointsOf(key)}}`, [path, pointsOf(key)])
      }
    } else if (node.t === 'array') {
      node.v.forEach((element, index) => this.locate(element, `${path}[${index}]`, [path, String(index)]))
    } else if (node.t === 'ref' && node.to === undefined) this.locate(node.v, `${path}$`, undefined)
  }

  private describe(node: Node): Notation {
    const inner = this.unmarked(node)
    return node.weak === true ? ['weak', inner] : inner
  }

  private unmarked(node: Node): Notation {
    switch (node.t) {
      case 'undef':
      case 'hole':
        return [node.t]
      case 'int':
        return ['integer', node.v]
      case 'num':
        return ['double', node.v === 'nan' ? '7ff8000000000000' : node.hex]
      case 'bool':
        return ['boolean', node.v ? 1 : 0]
      case 'str':
        return ['string', node.cps === undefined ? pointsOf(String(node.v ?? '')) : node.cps.join(' ')]
      case 'bytes':
        return ['string', [...Buffer.from(node.b64, 'base64')].join(' ')]
      case 'vstring':
        return ['vstring', `v${node.v}`, node.v.replaceAll('.', ' ')]
      case 'glob':
        return ['globref', ['glob', pointsOf(node.v ?? '')]]
      case 'same':
        return ['same', this.numbers.get(`id ${node.id}`) ?? -1]
      case 'alias':
        return ['alias', ...(this.homes.get(node.cid) ?? [])]
      case 'jsonbool':
        if (this.jsonModule) return ['jsonbool', node.v ? 1 : 0]
        return [
          'object',
          pointsOf('JSON::PP::Boolean'),
          ['ref', this.count++, ['integer', node.v ? '1' : '0']],
        ]
      default: {
        const referent = this.referent(node)
        const isClass = node.bless !== undefined && !node.bless.startsWith('Safe::Root')
        return isClass ? ['object', pointsOf(node.bless), referent] : referent
      }
    }
  }

  private referent(
    node: Extract<Node, { t: 'hash' | 'array' | 'ref' | 'regexp' | 'code' | 'undef' | 'hole' }>,
  ): Notation {
    if (node.t === 'ref' && node.to !== undefined) {
      const home = this.homes.get(node.to)
      return home === undefined ? ['same', this.numbers.get(`to ${node.to}`) ?? -1] : ['element', ...home]
    }
    const number = this.count++
    if (node.id !== undefined) this.numbers.set(`id ${node.id}`, number)
    switch (node.t) {
      case 'hash': {
        const elements = new Map(node.v)
        const pairs = inOrder(elements.keys()).map((key) => [
          pointsOf(key),
          this.describe(elements.get(key) ?? { t: 'undef' }),
        ])
        return node.locked === true ? ['locked hash', number, pairs] : ['hash', number, pairs]
      }
      case 'array':
        return ['array', number, node.v.map((element) => this.describe(element))]
      case 'ref':
        if (node.v.cid !== undefined) this.numbers.set(`to ${node.v.cid}`, number)
        return ['ref', number, this.describe(node.v)]
      case 'regexp':
        return ['regexp', number, pointsOf(node.pat), node.flags]
      default:
        return ['code', number]
    }
  }
}
