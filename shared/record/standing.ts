import type { DeviceEventRecord } from './schema.ts'

/**
 * What a device's event makes of its standing; null where it leaves it as it was: a new key or place alone ends neither
 * suspension nor revocation. An event that makes it `active` is where its history in an area may be read from.
 */
export const STANDING_AFTER = {
  enrolled: 'active',
  resumed: 'active',
  key_rotated: null,
  moved: null,
  suspended: 'suspended',
  revoked: 'revoked',
} as const satisfies Record<DeviceEventRecord['event'], string | null>
