import type { StoredReading } from '../shared/api/readings.ts'
import type { LinePoint } from './chart/line-drawing.ts'
import { rangeBounds, type TimelineRange } from './device/range.ts'
import { readingFacts, type ReadingFacts } from './device/reading-facts.ts'

/** Latest readings drawn; an answer holds no more. */
const MOST = 500

export type Measures = Record<'volts' | 'watts', LinePoint[]>

/** What the readings of a span measured, oldest first. Asked in the browser, after the page stands. */
export function useMeasures(deviceId: string, range: Readonly<Ref<TimelineRange>>) {
  const { data } = useAsyncData(
    () => `measures:${deviceId}:${range.value}`,
    async (): Promise<Measures> => {
      const { items } = await ask<{ items: StoredReading[] }>(
        supplyApi.readings(deviceId, { ...rangeBounds(range.value, new Date()), limit: MOST }),
      )
      const facts = items.map(({ reading }) => readingFacts(reading)).reverse()
      return { volts: pointsOf(facts, 'volts'), watts: pointsOf(facts, 'watts') }
    },
    { deep: false, server: false, lazy: true },
  )
  return { values: computed((): Measures => data.value ?? { volts: [], watts: [] }) }
}

const pointsOf = (facts: readonly ReadingFacts[], measure: keyof Measures): LinePoint[] =>
  facts.flatMap((one) => {
    const value = one[measure]
    return one.at === null || value === null ? [] : [{ at: Date.parse(one.at), value }]
  })
