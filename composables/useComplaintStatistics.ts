import type { ComplaintStatistics } from '../shared/api/complaints.ts'

/** How complaints of an area were dealt with; null while there is none chosen or it could not be had. */
export async function useComplaintStatistics(areaId: () => string | undefined) {
  const key = computed(() => `complaint-statistics:${areaId() ?? ''}`)
  const { data } = await useAsyncData(
    key,
    async () => {
      const id = areaId()
      return id === undefined ? null : ask<ComplaintStatistics>(apiPaths.complaintStatistics(id))
    },
    { deep: false },
  )
  return computed(() => data.value ?? null)
}
