import type { Reliability } from '../shared/api/reliability.ts'
import { AREA_PERIODS, periodBounds, type AreaPeriod } from './area/period.ts'
import { supplyDays } from './area/days.ts'

/** The period named in the page's address; this month without one. */
export function useAreaPeriod() {
  const route = useRoute()
  return computed<AreaPeriod>(
    () => AREA_PERIODS.find((period) => period === route.query.period) ?? 'month',
  )
}

/** Figures of an area in a period, with its days and the areas below. */
export async function useReliability(areaId: string, period: Readonly<Ref<AreaPeriod>>) {
  const key = computed(() => `reliability:${areaId}:${period.value}`)
  const { data, error, status, refresh } = await useAsyncData(
    key,
    async () => {
      const bounds = periodBounds(period.value, new Date())
      const { intervals, ...whole } = await ask<Reliability>(supplyApi.reliability(areaId, bounds))
      // A year of days weighs: of each, what the calendar shows.
      return { ...whole, days: supplyDays({ intervals, as_of: whole.as_of }) }
    },
    { deep: false },
  )
  return {
    reliability: computed(() => data.value ?? null),
    isLoading: computed(() => status.value === 'pending'),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
