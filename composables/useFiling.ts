import type { ComplaintFiled } from '../shared/api/complaints.ts'
import type { ComplaintDraft } from './useComplaintDraft.ts'

/** Sends a complaint, or joins one that is there. */
export function useFiling() {
  const isBusy = ref(false)
  const trouble = shallowRef<Trouble | null>(null)
  const filed = shallowRef<ComplaintFiled | null>(null)
  /** Chosen, not yet sent: it follows the complaint, which does not wait for it. */
  const photo = shallowRef<File | null>(null)
  const isPhotoLost = ref(false)

  async function send(path: string, members: object): Promise<boolean> {
    isBusy.value = true
    trouble.value = null
    try {
      const altcha = await solvedChallenge()
      filed.value = await tell<ComplaintFiled>(path, { ...members, altcha })
      keepComplaintSecret(filed.value.complaint_id, filed.value.token)
      if (photo.value) await sendPhoto(filed.value, photo.value)
      return true
    } catch (failure) {
      trouble.value = troubleOf(failure)
      return false
    } finally {
      isBusy.value = false
    }
  }

  async function sendPhoto({ complaint_id, token }: ComplaintFiled, body: File): Promise<void> {
    try {
      await $fetch<unknown, string>(apiPaths.complaintStep(complaint_id, 'photos'), {
        method: 'POST',
        body,
        headers: { ...bearing(token), 'content-type': body.type },
        retry: false,
      })
    } catch {
      isPhotoLost.value = true
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
    photo,
    isPhotoLost,
    file: (draft: ComplaintDraft) => {
      const { kind, latitude, longitude } = draft
      return send(apiPaths.complaints(), { kind, latitude, longitude, ...said(draft) })
    },
    join: (complaintId: string, draft: ComplaintDraft) =>
      send(apiPaths.complaintStep(complaintId, 'join'), said(draft)),
  }
}
