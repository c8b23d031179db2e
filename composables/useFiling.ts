import type { ComplaintFiled } from '../shared/api/complaints.ts'
import type { ComplaintDraft } from './useComplaintDraft.ts'

/** Sends a complaint, or joins one that is there. */
export function useFiling() {
  const isBusy = ref(false)
  const trouble = shallowRef<Trouble | null>(null)
  const filed = shallowRef<ComplaintFiled | null>(null)

  async function send(path: string, members: object): Promise<boolean> {
    isBusy.value = true
    trouble.value = null
    try {
      const altcha = await solvedChallenge()
      filed.value = await tell<ComplaintFiled>(path, { ...members, altcha })
      keepComplaintSecret(filed.value.complaint_id, filed.value.token)
      return true
    } catch (failure) {
      trouble.value = troubleOf(failure)
      return false
    } finally {
      isBusy.value = false
    }
  }

  const said = ({ words, contact }: ComplaintDraft) => ({
    ...(words.trim() !== '' && { words: words.trim() }),
    ...(contact.trim() !== '' && { contact: contact.trim() }),
  })

  return {
    isBusy,
    trouble,
    filed,
    file: (draft: ComplaintDraft) => {
      const { kind, latitude, longitude } = draft
      return send(apiPaths.complaints(), { kind, latitude, longitude, ...said(draft) })
    },
    join: (complaintId: string, draft: ComplaintDraft) =>
      send(apiPaths.complaintStep(complaintId, 'join'), said(draft)),
  }
}
