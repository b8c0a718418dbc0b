/**
 * `data-session/testing`: the contracts of the three kinds of plug-in as test cases, for any test runner or none.
 *
 *     for (const { name, run } of driverContract({ create: (context) => new MyDriver(context) })) test(name, run)
 */
export type { CaseRunner, ContractCase, Switches } from './contract-case.ts'
export { ContractBreach } from './contract-case.ts'
export type { ContractContext } from './context.ts'
export type { DriverSetup } from './driver-contract.ts'
export { driverContract } from './driver-contract.ts'
export type { Capability } from './driver/trial.ts'
export type { ContractSummary } from './run-contract.ts'
export { ContractFailedError, runContract } from './run-contract.ts'
export type { IdGeneratorKind, IdGeneratorSetup } from './id-generator-contract.ts'
export { idGeneratorContract } from './id-generator-contract.ts'
export type { SerializerSetup } from './serializer-contract.ts'
export { serializerContract } from './serializer-contract.ts'
