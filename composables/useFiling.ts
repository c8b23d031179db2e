import { PROBLEM_STATUS } from '../shared/api/problem.ts'
import { toBase64url } from '../shared/bytes.ts'
import type { ComplaintFiled } from '../shared/api/complaints.ts'
import type { ComplaintDraft } from './useComplaintDraft.ts'

/**
 * How it stands without an answer: nothing was handed in, or something was and nobody here knows whether it arrived. Then it
 * goes again under the same key, so that it is filed once however often it is sent.
 */
export type Unanswered = 'not_sent' | 'unknown'

const KEY_BYTES = 32
const SERVER_ERROR = 500

/** Sends what is written as a complaint, or to join one that is there, and clears it away once it is in the ledger. */
export function useFiling(draft: Ref<ComplaintDraft>, clear: () => void) {
  const isBusy = ref(false)
  const trouble = shallowRef<Trouble | null>(null)
  const filed = shallowRef<ComplaintFiled | null>(null)
  /** What is in the ledger now joins a complaint that was there. */
  const hasJoined = ref(false)
  /** Chosen, not yet sent: it follows the complaint, which does not wait for it. */
  const photo = shallowRef<File | null>(null)
  const isPhotoLost = ref(false)
  const unanswered = ref<Unanswered | null>(null)

  /** Joins this complaint, or files one of its own; what was handed in before goes again as it was. */
  async function send(joins: string | null = null): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    trouble.value = null
    const wasOpen = draft.value.handedIn !== null
    unanswered.value = wasOpen ? 'unknown' : null
    let isHandedIn = false
    try {
      const altcha = await solvedChallenge()
      isHandedIn = true
      const handedIn = (draft.value.handedIn ??= { key: newKey(), joins })
      // Kept before it goes: whoever closes the page now finds it under its key.
      await nextTick()
      filed.value = await tell<ComplaintFiled>(
        handedIn.joins === null
          ? apiPaths.complaints()
          : apiPaths.complaintStep(handedIn.joins, 'join'),
        { ...(handedIn.joins === null ? complaintIn(draft.value) : saidIn(draft.value)), altcha },
        { 'idempotency-key': `"${handedIn.key}"` },
      )
      keepComplaintSecret(filed.value.complaint_id, filed.value.token)
      hasJoined.value = handedIn.joins !== null
      unanswered.value = null
      clear()
      if (photo.value) await sendPhoto(filed.value, photo.value)
    } catch (failure) {
      const found = troubleOf(failure)
      const isUnreachable = found.code === 'unreachable'
      if (!isUnreachable) trouble.value = found
      if (isHandedIn && !mayHaveArrived(found, wasOpen)) draft.value.handedIn = null
      unanswered.value = draft.value.handedIn ? 'unknown' : isUnreachable ? 'not_sent' : null
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

  return { isBusy, trouble, unanswered, filed, hasJoined, photo, isPhotoLost, send }
}

const newKey = () => toBase64url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))

/** Whether a failure leaves open if the complaint is in the ledger. A refusal does not, but for one that comes before all else. */
function mayHaveArrived({ code }: Trouble, wasOpen: boolean): boolean {
  if (code === 'rate_limited') return wasOpen
  const status = Object.entries(PROBLEM_STATUS).find(([name]) => name === code)?.[1]
  return status === undefined || status >= SERVER_ERROR
}

function saidIn({ address, words, contact }: ComplaintDraft) {
  const text = [address, words].map((part) => part.trim()).filter((part) => part !== '')
  return {
    ...(text.length > 0 && { words: text.join('\n') }),
    ...(contact.trim() !== '' && { contact: contact.trim() }),
  }
}

function complaintIn(draft: ComplaintDraft) {
  const { latitude, longitude, areaId } = draft.place ?? {}
  const place = { latitude, longitude, ...(areaId && { area_id: areaId }) }
  return { kind: draft.kind, ...place, ...saidIn(draft) }
}
