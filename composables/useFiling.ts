import type { ComplaintFiled } from '../shared/api/complaints.ts'
import type { ComplaintDraft } from './useComplaintDraft.ts'

/**
 * How the last try ended without an answer: before anything was handed in, so that trying again is safe, or after, so
 * that nobody here knows whether it arrived.
 */
export type Unanswered = 'not_sent' | 'unknown'

/** Sends a complaint, or joins one that is there. */
export function useFiling() {
  const isBusy = ref(false)
  const trouble = shallowRef<Trouble | null>(null)
  const unanswered = ref<Unanswered | null>(null)
  const filed = shallowRef<ComplaintFiled | null>(null)
  /** Chosen, not yet sent: it follows the complaint, which does not wait for it. */
  const photo = shallowRef<File | null>(null)
  const isPhotoLost = ref(false)

  // What sending needs is here before the connection goes.
  onMounted(() => void loadSolver().catch(() => undefined))

  async function send(path: string, members: object): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    trouble.value = null
    unanswered.value = null
    let isHandedIn = false
    try {
      const altcha = await solvedChallenge()
      isHandedIn = true
      filed.value = await tell<ComplaintFiled>(path, { ...members, altcha })
      keepComplaintSecret(filed.value.complaint_id, filed.value.token)
      if (photo.value) await sendPhoto(filed.value, photo.value)
      return true
    } catch (failure) {
      const found = troubleOf(failure)
      if (found.code === 'unreachable') unanswered.value = isHandedIn ? 'unknown' : 'not_sent'
      else trouble.value = found
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

  const said = ({ address, words, contact }: ComplaintDraft) => {
    const text = [address, words].map((part) => part.trim()).filter((part) => part !== '')
    return {
      ...(text.length > 0 && { words: text.join('\n') }),
      ...(contact.trim() !== '' && { contact: contact.trim() }),
    }
  }

  return {
    isBusy,
    trouble,
    unanswered,
    filed,
    photo,
    isPhotoLost,
    file: (draft: ComplaintDraft) => {
      const { latitude, longitude, areaId } = draft.place ?? {}
      const place = { latitude, longitude, ...(areaId && { area_id: areaId }) }
      return send(apiPaths.complaints(), { kind: draft.kind, ...place, ...said(draft) })
    },
    join: (complaintId: string, draft: ComplaintDraft) =>
      send(apiPaths.complaintStep(complaintId, 'join'), said(draft)),
  }
}
