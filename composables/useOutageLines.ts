import type { OutageDetail, OutageInterruption } from '../shared/api/outages.ts'
import type { Timeline } from '../shared/api/timeline.ts'
import type { Band } from './chart/bands.ts'

/** More lines are no picture; each beyond its outage is a request of its own. */
const MOST_LINES = 12
const MARGIN_MS = 30 * 60_000

export interface OutageLine {
  deviceId: string
  bands: Band[]
}

/**
 * The sensors of an outage with what they said before, in and after it. Until the browser has asked for that, only the
 * interruptions are known.
 */
export function useOutageLines(
  outage: () => OutageDetail,
  interruptions: () => readonly OutageInterruption[],
) {
  const timelines = shallowRef(new Map<string, Timeline>())
  const asOfAt = computed(() => Date.parse(outage().as_of))
  const span = computed((): [number, number] => {
    const { started_at, ended_at } = outage()
    const endAt = ended_at === null ? asOfAt.value : Date.parse(ended_at) + MARGIN_MS
    return [Date.parse(started_at) - MARGIN_MS, Math.min(endAt, asOfAt.value)]
  })
  const deviceIds = computed(() =>
    [...new Set(interruptions().map(({ device_id }) => device_id))].slice(0, MOST_LINES),
  )
  const lines = computed((): OutageLine[] =>
    deviceIds.value.map((deviceId) => ({
      deviceId,
      bands: timelines.value.has(deviceId)
        ? bandsOf(timelines.value.get(deviceId))
        : offBands(deviceId),
    })),
  )

  const offBands = (deviceId: string): Band[] =>
    interruptions()
      .filter(({ device_id }) => device_id === deviceId)
      .map(({ off_at, ended_at }) => ({
        state: 'off',
        fromAt: Date.parse(off_at),
        toAt: ended_at === null ? asOfAt.value : Date.parse(ended_at),
      }))

  async function load() {
    const [from, to] = span.value.map((at) => new Date(at).toISOString())
    const answers = await Promise.allSettled(
      deviceIds.value.map((id) => ask<Timeline>(supplyApi.timeline(id, { from, to }))),
    )
    const told = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    timelines.value = new Map(told.map((timeline) => [timeline.device_id, timeline]))
  }
  onMounted(() => {
    watch([deviceIds, span], load, { immediate: true })
  })

  return { lines, span }
}

/** What a timeline says, as a chart draws it. */
export const bandsOf = (timeline: Pick<Timeline, 'intervals'> | undefined): Band[] =>
  (timeline?.intervals ?? []).map(({ state, from, to }) => ({
    state,
    fromAt: Date.parse(from),
    toAt: Date.parse(to),
  }))
