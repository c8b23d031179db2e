import type { ComplaintRules } from '../shared/api/complaints.ts'

/** By what complaints go here; null while the portal does not say. */
export async function useComplaintRules() {
  const { data } = await useAsyncData(
    'complaint-rules',
    () => ask<ComplaintRules>(apiPaths.complaintRules()),
    { deep: false },
  )
  return computed(() => data.value ?? null)
}
