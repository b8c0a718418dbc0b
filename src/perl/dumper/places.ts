import { isPlainObject, setKey } from '../../hash.ts'
import { Blessed, isScalar, type Element, ScalarRef } from '../values.ts'

/** One step on the way from the top to a value: a hash key, an array index, or what a scalar reference points to. */
export type Step = string | number | typeof dereference
export const dereference = Symbol('${…}')

/** Where a value lies. A scalar reference and an object are containers too, of one `value`. */
export interface Slot {
  readonly container: Element['container'] | ScalarRef | Blessed
  readonly key: string | number
}

/**
 * Another place named instead of a value: its value (`$D->{'a'}`), a reference to it (`\$D->{'a'}`), or the very
 * scalar that a reference points to (`${$D->{'a'}}` where an element is listed).
 */
export interface Link {
  readonly kind: 'value' | 'reference' | 'scalar'
  readonly steps: readonly Step[]
  readonly offset: number
}

/** The value that `$D` has, and the places in it. */
export class Places {
  readonly top: unknown[] = [undefined]
  private readonly topReference = new ScalarRef(undefined)
  private references: Map<object, Map<string | number, ScalarRef>> | undefined

  /** The place at the end of these steps; undefined when there is none. */
  find(steps: readonly Step[]): Slot | undefined {
    let slot: Slot = { container: this.top, key: 0 }
    for (const step of steps) {
      const held = get(slot)
      const value = held instanceof Blessed ? held.value : held
      if (step === dereference) {
        if (!(value instanceof ScalarRef)) return undefined
        slot = { container: value, key: 'value' }
      } else {
        const there = typeof step === 'string' ? isPlainObject(value) : Array.isArray(value)
        if (!there || !Object.hasOwn(value as object, step)) return undefined
        slot = { container: value as Element['container'], key: step }
      }
    }
    return slot
  }

  /** Puts what the link names into a slot. Answers false when there is no such thing. */
  link(target: Slot, link: Link): boolean {
    const source = this.find(link.steps)
    if (source === undefined) return false
    const value = link.kind === 'reference' ? this.referenceTo(source) : get(source)
    if (value === undefined) return false
    put(target, value)
    if (source.container === this.top) this.topReference.value = this.top[0]
    if (link.kind === 'scalar') this.alias(source, target)
    return true
  }

  /** One reference for each place, however often it is asked for, as Perl compares references by where they point. */
  private referenceTo({ container, key }: Slot): unknown {
    if (!isElement(container)) return container
    if (container === this.top) return this.topReference
    this.references ??= new Map()
    let known = this.references.get(container)
    if (known === undefined) this.references.set(container, (known = new Map()))
    const reference = known.get(key) ?? ScalarRef.to(container, key)
    known.set(key, reference)
    return reference
  }

  /** Lets a reference point to the element that now holds its scalar. */
  private alias(source: Slot, { container, key }: Slot): void {
    if (source.container instanceof ScalarRef && isElement(container) && isScalar(get(source))) {
      source.container.element = { container, key }
    }
  }
}

function isElement(container: Slot['container']): container is Element['container'] {
  return !(container instanceof ScalarRef || container instanceof Blessed)
}

export function put({ container, key }: Slot, value: unknown): void {
  setKey(container as Record<string, unknown>, key as string, value)
}

function get({ container, key }: Slot): unknown {
  return (container as unknown as Record<string | number, unknown>)[key]
}
