import { z } from 'zod'
import { complaintIdField, COMPLAINT_KINDS, type Coordinates } from '../shared/complaint/index.ts'
import { areaIdField, latitudeField, longitudeField } from '../shared/fields.ts'

const placeSchema = z.strictObject({
  latitude: latitudeField,
  longitude: longitudeField,
  /** The area that was chosen; counts where no outline holds the place. */
  areaId: areaIdField.nullable(),
  /** Only an area is known, by this name: the place is its middle. */
  middleOf: z.string().nullable(),
})
export type ChosenPlace = z.infer<typeof placeSchema>

const draftSchema = z.strictObject({
  kind: z.enum(COMPLAINT_KINDS).nullable(),
  place: placeSchema.nullable(),
  /** Lane, house, landmark: goes with the words. */
  address: z.string(),
  words: z.string(),
  contact: z.string(),
  /** Since when it could not be filed for want of a connection; null while nobody tried. */
  waitingSince: z.iso.datetime().nullable(),
  /** Sent without an answer yet: under this key, to join that complaint or as one of its own. Not to be changed until then. */
  handedIn: z.strictObject({ key: z.string(), joins: complaintIdField.nullable() }).nullable(),
})
export type ComplaintDraft = z.infer<typeof draftSchema>

const KEY = 'gridwitness.complaint-draft'
/** Nothing written yet. */
export const EMPTY_DRAFT: Readonly<ComplaintDraft> = {
  kind: null,
  place: null,
  address: '',
  words: '',
  contact: '',
  waitingSince: null,
  handedIn: null,
}

/** Writes the place of a complaint about to be begun, the rest being kept. */
export function keepComplaintPlace({ latitude, longitude }: Coordinates): void {
  keep({ ...(kept() ?? EMPTY_DRAFT), place: exactPlace({ latitude, longitude }) })
}

/** What is being written. It stays in this browser until it is sent: no connection is needed to begin. */
export function useComplaintDraft() {
  const draft = ref<ComplaintDraft>({ ...EMPTY_DRAFT })
  onMounted(() => {
    draft.value = kept() ?? { ...EMPTY_DRAFT }
    watch(draft, keep, { deep: true })
  })
  const clear = () => (draft.value = { ...EMPTY_DRAFT })
  return { draft, clear }
}

const DECIMALS = 1e6

/** A place that was pointed at, to about 0.1 m. */
export const exactPlace = ({ latitude, longitude }: Coordinates): ChosenPlace => ({
  latitude: Math.round(latitude * DECIMALS) / DECIMALS,
  longitude: Math.round(longitude * DECIMALS) / DECIMALS,
  areaId: null,
  middleOf: null,
})

/** The place of what a search found; null where it has none that is known. */
export function placeFound(found: Found): ChosenPlace | null {
  if (found.kind === 'device') {
    const [longitude, latitude] = found.coordinates ?? []
    return latitude === undefined || longitude === undefined
      ? null
      : { ...exactPlace({ latitude, longitude }), areaId: found.area_id }
  }
  if (!found.bbox) return null
  const [west, south, east, north] = found.bbox
  const middle = { latitude: (south + north) / 2, longitude: (west + east) / 2 }
  return { ...exactPlace(middle), areaId: found.area_id, middleOf: found.name }
}

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
