import type { Complaint } from '../shared/api/complaints.ts'

const NOT_THERE: readonly number[] = [400, 404]

/**
 * A complaint as everybody sees it; in the browser of whoever has its secret link, also what came by that link, and what
 * may be done with it.
 */
export async function useComplaint(id: string) {
  const secret = shallowRef<string | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const isBusy = ref(false)
  // Before anything is awaited: afterwards it is no longer known which component this is.
  onMounted(recall)

  const { data, error } = await useAsyncData(
    `complaint:${id}`,
    () => ask<Complaint>(apiPaths.complaint(id)),
    { deep: false },
  )
  if (error.value && NOT_THERE.includes(error.value.statusCode ?? 0))
    throw createError({ statusCode: 404, fatal: import.meta.client })
  if (error.value) trouble.value = troubleOf(error.value)

  /** Takes up the secret that is here now, and what comes by it. */
  function recall() {
    secret.value = complaintSecretHere(id)
    if (secret.value !== null) void refresh()
  }

  async function refresh() {
    try {
      data.value = await $fetch<Complaint, string>(apiPaths.complaint(id), {
        headers: bearing(secret.value),
        retry: false,
      })
      trouble.value = null
    } catch (failure) {
      trouble.value = troubleOf(failure)
    }
  }

  /** One step of the filer; true when it is in the ledger. */
  async function step(name: 'dispute' | 'redact' | 'comments', body: object): Promise<boolean> {
    isBusy.value = true
    try {
      await tell(apiPaths.complaintStep(id, name), body, bearing(secret.value))
      await refresh()
      return true
    } catch (failure) {
      trouble.value = troubleOf(failure)
      return false
    } finally {
      isBusy.value = false
    }
  }

  return {
    complaint: data,
    /** Of the complaint's link; null for who has none. */
    secret: readonly(secret),
    trouble,
    isBusy,
    step,
    recall,
    refresh,
  }
}
