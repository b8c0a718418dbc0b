// tsyringe throws when it is loaded before reflect-metadata: this is the one place that loads both, in order.
import 'reflect-metadata'

export { container, inject, injectable } from 'tsyringe'
export type { DependencyContainer } from 'tsyringe'
