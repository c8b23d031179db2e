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
import { filed } from './complaint-answers.ts'
import { areaOfPlace } from './complaint-area.ts'
import { checkWork, type CheckedWork } from './complaint-challenge.ts'
import { enteringRow } from './complaint-row.ts'
import { CITIZEN, decideStep } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { answerAgain, linkFor, type NewLink } from './link.ts'
import { findComplaintRow, finishPendingStep } from './record-complaint-event.ts'

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
    actor: CITIZEN,
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

function kindHere(kind: ComplaintRequest['kind']): ComplaintKind {
  const here = COMPLAINT_KINDS.find((known) => known === kind)
  if (here) return here
  throw new CodedError(
    'another_office',
    `kind: expected one of ${COMPLAINT_KINDS.join(', ')}; ${kind} is for the customer office of your utility`,
  )
}

const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const ID_LENGTH = 16

const newComplaintId = (): string =>
  `c-${Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]).join('')}`
