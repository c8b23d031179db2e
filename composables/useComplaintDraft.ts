import { z } from 'zod'
import { COMPLAINT_KINDS } from '../shared/complaint/index.ts'
import { latitudeField, longitudeField } from '../shared/fields.ts'

const draftSchema = z.strictObject({
  kind: z.enum(COMPLAINT_KINDS).nullable(),
  latitude: latitudeField.nullable(),
  longitude: longitudeField.nullable(),
  words: z.string(),
  contact: z.string(),
})
export type ComplaintDraft = z.infer<typeof draftSchema>

const KEY = 'gridwitness.complaint-draft'
const EMPTY: ComplaintDraft = {
  kind: null,
  latitude: null,
  longitude: null,
  words: '',
  contact: '',
}

/** What is being written. It stays in this browser until it is sent: no connection is needed to begin. */
export function useComplaintDraft() {
  const draft = ref<ComplaintDraft>({ ...EMPTY })
  onMounted(() => {
    draft.value = kept() ?? { ...EMPTY }
    watch(draft, keep, { deep: true })
  })

  function kept(): ComplaintDraft | null {
    try {
      return draftSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? ''))
    } catch {
      return null
    }
  }

  function keep(written: ComplaintDraft): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(written))
    } catch {
      // A private window or a full one: it lasts as long as the page.
    }
  }

  const clear = () => (draft.value = { ...EMPTY })
  return { draft, clear }
}
