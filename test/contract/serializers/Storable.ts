import { storableSetups } from '../storable-setup.ts'

export const setups = storableSetups('Storable', (image) => image)
