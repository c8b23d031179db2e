import { createHash } from 'node:crypto'

const DEVICE_ID_BYTES = 9

/** The serial number a secure element would have: the same for the same site, however often the demo is set up. */
export const deviceIdOf = (site: string): string =>
  createHash('sha256')
    .update(site)
    .digest('hex')
    .slice(0, DEVICE_ID_BYTES * 2)
    .toUpperCase()
