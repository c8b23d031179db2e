import { randomInt } from 'node:crypto'
import type { ComplaintFiled, ComplaintRequest } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  ASSUMED_FAULT,
  COMPLAINT_KINDS,
  dueAt,
  placeText,
  publicPlace,
  type ComplaintKind,
} from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import { checkWork, type CheckedWork } from './complaint-challenge.ts'
import { fieldsOf } from './complaint-row.ts'
import type { Deps } from '../deps.ts'
import { answerAgain, linkFor, type NewLink } from './link.ts'
import { placeDevices } from '../device/place-device.ts'
import {
  decideStep,
  findComplaintRow,
  finishPendingStep,
  type DecidedStep,
} from './record-complaint-event.ts'
import { signReceipt } from '../reading/sign-receipt.ts'

type Filing = Omit<ComplaintRequest, 'altcha'> & { channel: 'web' | 'open311' }

/**
 * `POST /complaints`: a complaint enters the ledger, once for an idempotency key, however often it comes. Throws
 * `another_office`, `unknown_area`, `challenge_unsolved`, `challenge_used`, `key_reused`.
 */
export async function fileComplaint(
  deps: Deps,
  { altcha, ...filing }: ComplaintRequest,
  key: string | null = null,
): Promise<ComplaintFiled> {
  const link = linkFor(key, filing)
  const before = await filedBefore(deps, link)
  if (before) return before
  try {
    const work = await checkWork(deps, altcha)
    return await enterComplaint(deps, { ...filing, channel: 'web' }, work, link)
  } catch (error) {
    // The same request may have come twice at once, and the other was first with its proof of work or its key.
    const first = await filedBefore(deps, link)
    if (first) return first
    throw error
  }
}

async function filedBefore(deps: Deps, link: NewLink): Promise<ComplaintFiled | null> {
  if (!link.named) return null
  const { keyHash } = link.named
  const known = await deps.models.complaints.exists({ filing_key: keyHash })
  return known && answerAgain(deps, await findComplaintRow(deps, known._id), link)
}

/** Puts a complaint into the ledger; `work` is used up once nothing else stands against it. Throws as `fileComplaint`. */
export async function enterComplaint(
  deps: Deps,
  filing: Filing,
  work: CheckedWork | null,
  link: NewLink = linkFor(null, filing),
): Promise<ComplaintFiled> {
  const kind = kindHere(filing.kind)
  const areaId = await areaOfPlace(deps, filing)
  const [area, { ancestorsOf }] = await Promise.all([
    deps.models.areas.findById(areaId, { area_type: 1 }).lean(),
    areaAncestry(deps, [areaId]),
  ])
  const area_type = area?.area_type ?? null
  const fault = ASSUMED_FAULT[kind]
  const { clockHours } = deps.complaintDesk
  // The clock of the complaint starts exactly when its record says.
  const now = deps.clock.now()
  const atOnce = { ...deps, clock: { now: () => now } }
  const decided = decideStep(atOnce, { complaintId: newComplaintId(), areaId }, null, {
    event: 'filed',
    public: {
      kind,
      ...publicPlace(filing),
      area_type,
      fault,
      due_at: dueAt(clockHours, now.toISOString(), fault, area_type),
      channel: filing.channel,
    },
    actor: { id: 'citizen', role: 'citizen' },
    texts: {
      place: placeText(filing),
      ...(filing.words !== undefined && { words: filing.words }),
      ...(filing.contact !== undefined && { contact: filing.contact }),
    },
    owner: 0,
    link,
  })
  await work?.use()
  const row: ComplaintRow = {
    ...enteringRow(decided, [areaId, ...ancestorsOf(areaId)]),
    ...(link.named && { filing_key: link.named.keyHash }),
  }
  await deps.models.complaints.create([row])
  await finishPendingStep(deps, row)
  return filed(deps, decided, link.token)
}

/** What is told to who filed or joined, once. */
export const filed = async (
  deps: Deps,
  decided: DecidedStep,
  token: string,
): Promise<ComplaintFiled> => ({
  complaint_id: decided.record.complaint_id,
  leaf_hash: decided.standing.latestEvent,
  token,
  receipt: await receiptOf(deps, decided),
})

/** The promise that the record of an event will be anchored. */
export const receiptOf = (deps: Pick<Deps, 'logKey'>, { record, standing }: DecidedStep) =>
  signReceipt(deps, {
    leafHash: standing.latestEvent,
    areaId: record.area_id,
    receivedAt: new Date(record.at),
  })

function kindHere(kind: ComplaintRequest['kind']): ComplaintKind {
  const here = COMPLAINT_KINDS.find((known) => known === kind)
  if (here) return here
  throw new CodedError(
    'another_office',
    `kind: expected one of ${COMPLAINT_KINDS.join(', ')}; ${kind} is for the customer office of your utility`,
  )
}

/** The smallest area that holds the place, else the one stated. Throws `unknown_area`. */
async function areaOfPlace(deps: Deps, filing: Filing): Promise<string> {
  const { latitude, longitude, area_id } = filing
  const device = { latitude, longitude }
  try {
    const [placed] = await placeDevices(deps, [{ device }])
    if (placed) return placed.area_id
  } catch (error) {
    const isOutside = error instanceof CodedError && error.code === 'unknown_area'
    if (!isOutside || area_id === undefined) throw error
  }
  const [stated] = await placeDevices(deps, [{ area_id, device }])
  if (!stated) throw new Error('complaint: expected its place in an area')
  return stated.area_id
}

const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const ID_LENGTH = 16

const newComplaintId = (): string =>
  `c-${Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]).join('')}`

/** The row of a complaint whose filing is decided; it counts once that is a record. */
const enteringRow = ({ standing, pending }: DecidedStep, areas: string[]): ComplaintRow => ({
  ...fieldsOf(standing),
  _id: standing.complaintId,
  areas,
  status: 'entering',
  // There is none yet; finishing is compared with it.
  latest_event: 'none',
  n: -1,
  pending_event: pending,
  is_pending: true,
  tokens: [],
  secrets: [],
  erase_at: null,
  changed_at: new Date(standing.latestAt),
})
