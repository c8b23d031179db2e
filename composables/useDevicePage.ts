import type { Device } from '../shared/api/devices.ts'
import type { StoredReading } from '../shared/api/readings.ts'
import type { Timeline } from '../shared/api/timeline.ts'
import { rangeBounds, TIMELINE_RANGES, type TimelineRange } from './device/range.ts'

const READINGS_LIMIT = 20

/** The sensor an address names. One never enrolled is a missing page. */
export async function useDeviceFacts(deviceId: string) {
  const { data, error, refresh } = await useAsyncData(
    `device:${deviceId}`,
    () => ask<Device>(apiPaths.device(deviceId)),
    { deep: false },
  )
  failAsMissing(error.value)
  return {
    device: data,
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}

/** The span named in the page's address; a week without one. */
export function useTimelineRange() {
  const route = useRoute()
  return computed<TimelineRange>(
    () => TIMELINE_RANGES.find((range) => range === route.query.range) ?? '7',
  )
}

/** When a sensor was on, off, silent; up to now. */
export async function useTimeline(deviceId: string, range: Readonly<Ref<TimelineRange>>) {
  const key = computed(() => `timeline:${deviceId}:${range.value}`)
  const { data, error, status, refresh } = await useAsyncData(
    key,
    () => ask<Timeline>(supplyApi.timeline(deviceId, rangeBounds(range.value, new Date()))),
    { deep: false },
  )
  return {
    timeline: data,
    since: computed(() => (data.value ? lastChange(data.value) : null)),
    isLoading: computed(() => status.value === 'pending'),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}

/** When the last stretch began; null where it reaches beyond what was asked. */
function lastChange({ intervals, from }: Timeline): string | null {
  const last = intervals.at(-1)
  return last && last.from > from ? last.from : null
}

/** Readings of a sensor, latest first, page by page. */
export const useReadings = (deviceId: string) =>
  usePages<StoredReading>(`readings:${deviceId}`, (cursor) =>
    ask(supplyApi.readings(deviceId, { cursor, limit: READINGS_LIMIT })),
  )

/** The readings kept under the numbers that were used twice, by number. */
export const useFirstReadings = (deviceId: string, seqs: readonly number[]) =>
  useAsyncData(
    `first-readings:${deviceId}:${seqs.join(',')}`,
    async () => {
      const pages = await Promise.all(
        seqs.map((seq) =>
          ask<{ items: StoredReading[] }>(supplyApi.readings(deviceId, { seq, limit: 1 })),
        ),
      )
      return pages.flatMap(({ items }) => items)
    },
    { deep: false, default: (): StoredReading[] => [] },
  )
