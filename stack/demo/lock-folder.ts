import { join } from 'node:path'
import { takeLock } from '../lock.ts'

/**
 * Takes a data folder for this process and returns how to give it back. Throws when a living process holds it; a
 * lock left behind by a dead one is taken over.
 */
export const lockFolder = (folder: string): Promise<() => Promise<void>> =>
  takeLock(join(folder, 'demo.lock'), {
    program: 'stack/demo/main.ts',
    waitMs: 0,
    refusal: (holder) =>
      `${folder}: expected a data folder not in use, process ${holder} is running the demo in it; ` +
      `stop that one or use another --data`,
  })
