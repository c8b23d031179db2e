import type { ComplaintStatistics } from '../shared/api/complaints.ts'

/**
 * How complaints of an area were dealt with; null while there is none chosen or it could not be had. Asked for again when
 * `asOf` changes.
 */
export async function useComplaintStatistics(
  areaId: () => string | undefined,
  period: () => Period = () => ({}),
  asOf: () => string | null = () => null,
) {
  const path = computed(() => {
    const id = areaId()
    return id === undefined ? null : apiPaths.complaintStatistics(id, period())
  })
  const key = computed(() => `complaint-statistics:${path.value ?? ''}`)
  const { data } = await useAsyncData(
    key,
    async () => (path.value === null ? null : ask<ComplaintStatistics>(path.value)),
    { deep: false, watch: [asOf] },
  )
  return computed(() => data.value ?? null)
}
