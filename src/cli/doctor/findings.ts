import type { FormatName } from '../../recognize-format.ts'
import type { LayoutName } from '../../recognize-layout.ts'
import { Counts } from './counts.ts'
import type { Diagnosis } from './diagnosis.ts'
import { generatorOf } from './ids.ts'
import type { RecordText } from './text-forms.ts'

/** A record that cannot be read, and why. */
export interface Damage {
  readonly id: string
  readonly reason: string
}

/** So many damaged records are named. */
const mostNamed = 1000

/** What was found in a store, in memory that does not grow with how many records there are. */
export class Findings {
  records = 0
  empty = 0
  damaged = 0
  unreadable = 0
  readonly damages: Damage[] = []
  readonly formats = new Counts<FormatName>()
  readonly layouts = new Counts<LayoutName | 'unknown'>()
  readonly texts = new Counts<RecordText>()
  readonly variants = new Counts<'network' | 'syck'>()
  readonly ids = new Counts()
  /** What is in records whose layout is known: in a folder there may be files of other programs. */
  readonly formatsOfSessions = new Counts<FormatName>()
  readonly misread = { byDefault: 0, asUtf8: 0 }

  addEmpty(): void {
    this.records++
    this.empty++
  }

  addUnreadable(id: string, reason: string): void {
    this.records++
    this.unreadable++
    this.#name({ id, reason })
  }

  add(id: string, diagnosis: Diagnosis): void {
    const { format, layout, text, variant, damage } = diagnosis
    this.records++
    this.formats.add(format)
    if (damage !== undefined) {
      this.damaged++
      this.#name({ id, reason: damage })
      return
    }
    this.layouts.add(layout ?? 'unknown')
    this.texts.add(text)
    this.variants.add(variant)
    this.ids.add(generatorOf(id) ?? 'other')
    this.misread.byDefault += diagnosis.misread.byDefault
    this.misread.asUtf8 += diagnosis.misread.asUtf8
    if (layout !== undefined) this.formatsOfSessions.add(format)
  }

  #name(damage: Damage): void {
    if (this.damages.length < mostNamed) this.damages.push(damage)
  }
}
