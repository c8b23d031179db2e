import type { ComplaintActionRequest, ComplaintBulkAnswer } from '../shared/api/complaint-admin.ts'

/** What came of one step on some complaints. */
export interface Outcome {
  done: number
  refused: ComplaintBulkAnswer['items']
}

/** Takes steps on complaints, on one as on many: each becomes a record of its own. `onDone` is called once the answer is there. */
export function useDesk(onDone: (outcome: Outcome) => Promise<unknown>) {
  const outcome = shallowRef<Outcome | null>(null)
  const { run, isBusy, trouble } = useStep(
    async (ids: readonly string[], step: ComplaintActionRequest) => {
      outcome.value = null
      const body = { complaint_ids: [...ids], step }
      const { items } = await change<ComplaintBulkAnswer>('POST', adminApi.complaintSteps(), body)
      const refused = items.filter(({ code }) => code !== null)
      outcome.value = { done: items.length - refused.length, refused }
      await onDone(outcome.value)
    },
  )
  function clear() {
    outcome.value = null
    trouble.value = null
  }
  return { take: run, isBusy, trouble, outcome, clear }
}
