import { unlessMissing } from '../../services/in-contract.ts'

/** Its statements are looked at in test/oracle. */
export const setups = unlessMissing('an Oracle server, for which there is no package of Debian', {})
