import type { Refusal } from '../../../shared/api/refusals.ts'
import type { Clock } from '../../adapters/clock.ts'
import type { ReadingVerdict } from './store-readings.ts'
import { topicPlace } from './topic.ts'

/** How many are remembered; more would tell no more. */
const MAX_REMEMBERED = 200

type Refused = Extract<ReadingVerdict, { status: 'rejected' }>

export interface RecentRefusals {
  note(topic: string, refused: Refused): void
  /** Newest first. */
  list(): Refusal[]
}

/**
 * The last messages a broker's devices sent in vain, remembered by this process alone: nobody can fill a disk with them.
 * A topic that is none of ours and the words of a malformed payload may hold anything, so neither is kept.
 */
export function recentRefusals(clock: Clock): RecentRefusals {
  const refusals: Refusal[] = []
  return {
    note(topic, { code, detail }) {
      const { area_id = null, device_id = null } = topicPlace(topic) ?? {}
      refusals.unshift({
        at: clock.now().toISOString(),
        area_id,
        device_id,
        code,
        detail: code === 'malformed' ? null : detail,
      })
      refusals.length = Math.min(refusals.length, MAX_REMEMBERED)
    },
    list: () => refusals.slice(),
  }
}
