import { runDriverContracts } from './run-driver-contracts.ts'

await runDriverContracts(['BerkeleyDB'])
