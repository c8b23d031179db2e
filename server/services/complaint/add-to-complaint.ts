import { createHash } from 'node:crypto'
import type {
  ComplaintFiled,
  ComplaintStepAnswer,
  JoinRequest,
} from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { isClosed } from '../../../shared/complaint/index.ts'
import { keepablePhoto } from '../../adapters/photo.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { checkWork } from './complaint-challenge.ts'
import { bytesOf, sealSecret } from './complaint-secrets.ts'
import type { Deps } from '../deps.ts'
import { DISPUTABLE_MS, ownedBy } from './describe-complaint.ts'
import { filed, receiptOf } from './file-complaint.ts'
import { answerAgain, linkFor } from './link.ts'
import { findComplaintRow, recordStep, type DecidedStep } from './record-complaint-event.ts'

/** What citizens do to a complaint: join it, add words or a photo, dispute its closing. */

const CITIZEN = { id: 'citizen', role: 'citizen' } as const
/** A complaint takes no more than this of one secret link, and of photos and people in all: a row has to hold it. */
const MAX_TEXTS_OF_ONE = 20
const MAX_PHOTOS = 4
const MAX_AFFECTED = 5_000
/** A stored photo whose event was never decided goes after this. */
const PHOTO_WAITS_MS = 60 * 60_000

/** Tries of a step that may come second to another: joining depends on nothing the other changed. */
const TRIES = 5

/**
 * `POST /complaints/{id}/join`: it is my trouble too, once for an idempotency key, however often it comes. Throws `not_found`,
 * `complaint_conflict` once closed, `key_reused`.
 */
export async function joinComplaint(
  deps: Deps,
  complaintId: string,
  { altcha, words, contact }: JoinRequest,
  key: string | null = null,
): Promise<ComplaintFiled> {
  const link = linkFor(key, { complaintId, words: words ?? null, contact: contact ?? null })
  const found = await findComplaintRow(deps, complaintId)
  const before = await answerAgain(deps, found, link)
  if (before) return before
  const work = await checkWork(deps, altcha)
  expectJoinable(found)
  await work.use()
  for (let left = TRIES; ; left -= 1) {
    const row = await findComplaintRow(deps, complaintId)
    const first = await answerAgain(deps, row, link)
    if (first) return first
    expectJoinable(row)
    try {
      const decided = await recordStep(deps, row, {
        event: 'commented',
        public: { about: 'joined' },
        actor: CITIZEN,
        texts: { ...(words !== undefined && { words }), ...(contact !== undefined && { contact }) },
        owner: row.n + 1,
        link,
      })
      return filed(deps, decided, link.token)
    } catch (error) {
      const isOvertaken = error instanceof CodedError && error.code === 'complaint_conflict'
      if (!isOvertaken || left === 1) throw error
    }
  }
}

function expectJoinable({ _id, status, affected }: ComplaintRow): void {
  if (status !== 'entering' && isClosed(status)) {
    throw new CodedError(
      'complaint_conflict',
      `complaint ${_id}: expected an open one to join, it is ${status}; file one of your own`,
    )
  }
  if (affected >= MAX_AFFECTED)
    throw new CodedError(
      'complaint_conflict',
      `complaint ${_id}: ${affected} people joined already`,
    )
}

/** `POST /complaints/{id}/comments`. Throws `not_found`, `forbidden`, `complaint_conflict`. */
export async function commentOnComplaint(
  deps: Deps,
  complaintId: string,
  token: string,
  words: string,
): Promise<ComplaintStepAnswer> {
  const { row, owner } = await findOwned(deps, complaintId, token)
  const decided = await recordStep(deps, row, {
    event: 'commented',
    public: { about: 'note' },
    actor: CITIZEN,
    texts: { words },
    owner,
  })
  return answered(deps, decided)
}

/** `POST /complaints/{id}/dispute`, within 14 days of its closing. Throws `not_found`, `forbidden`, `complaint_conflict`. */
export async function disputeComplaint(
  deps: Deps,
  complaintId: string,
  token: string,
  words: string | undefined,
): Promise<ComplaintStepAnswer> {
  const { row, owner } = await findOwned(deps, complaintId, token)
  if (row.closed_at && deps.clock.now().getTime() > row.closed_at.getTime() + DISPUTABLE_MS) {
    throw new CodedError(
      'complaint_conflict',
      `complaint ${complaintId}: expected a dispute within 14 days of ${row.closed_at.toISOString()}; file a new one`,
    )
  }
  const decided = await recordStep(deps, row, {
    event: 'disputed',
    public: {},
    actor: CITIZEN,
    texts: words === undefined ? {} : { words },
    owner,
  })
  return answered(deps, decided)
}

/** `POST /complaints/{id}/photos`: kept without anything the camera wrote into it. Throws also as `keepablePhoto`. */
export async function addPhoto(
  deps: Deps,
  complaintId: string,
  token: string,
  bytes: Uint8Array,
): Promise<ComplaintStepAnswer> {
  const { row, owner } = await findOwned(deps, complaintId, token)
  if (row.photos >= MAX_PHOTOS)
    throw new CodedError(
      'complaint_conflict',
      `complaint ${complaintId}: it has ${MAX_PHOTOS} photos already`,
    )
  const jpeg = await keepablePhoto(bytes)
  const value = createHash('sha256').update(jpeg).digest('hex')
  const secret = sealSecret(deps, complaintId, { n: row.n + 1, name: 'photo', owner, value })
  await deps.models.complaintPhotos.create([
    {
      _id: secret.commitment,
      sealed: deps.complaintDesk.vault.seal(secret.commitment, jpeg),
      expires_at: new Date(deps.clock.now().getTime() + PHOTO_WAITS_MS),
    },
  ])
  const decided = await recordStep(deps, row, {
    event: 'commented',
    public: { about: 'photo' },
    actor: CITIZEN,
    owner,
    secret,
  })
  return answered(deps, decided)
}

/** A photo's JPEG, for who handed it in and for officials. Throws `not_found`, `forbidden`. */
export async function openPhoto(
  deps: Deps,
  complaintId: string,
  commitment: string,
  reader: { token: string } | 'official',
): Promise<Uint8Array> {
  const row = await findComplaintRow(deps, complaintId)
  const owned = reader === 'official' ? null : ownedBy(row, reader.token)
  const secret = row.secrets.find((kept) => kept.name === 'photo' && kept.commitment === commitment)
  const isReadable = secret && (reader === 'official' || secret.owner === owned)
  const photo = isReadable ? await deps.models.complaintPhotos.findById(commitment).lean() : null
  if (!photo)
    throw new CodedError('not_found', `photo: none of yours with commitment ${commitment}`)
  return deps.complaintDesk.vault.open(commitment, bytesOf(photo.sealed))
}

/** A complaint and the event whose secret link the token is. */
async function findOwned(
  deps: Deps,
  complaintId: string,
  token: string,
): Promise<{ row: ComplaintRow; owner: number }> {
  const row = await findComplaintRow(deps, complaintId)
  const owner = ownedBy(row, token)
  if (owner === null) throw new Error('complaint: expected a token')
  if (row.secrets.filter((secret) => secret.owner === owner).length >= MAX_TEXTS_OF_ONE) {
    throw new CodedError(
      'complaint_conflict',
      `complaint ${complaintId}: expected at most ${MAX_TEXTS_OF_ONE} texts and photos by one link`,
    )
  }
  return { row, owner }
}

export const answered = async (
  deps: Pick<Deps, 'logKey'>,
  decided: DecidedStep,
): Promise<ComplaintStepAnswer> => ({
  complaint_id: decided.record.complaint_id,
  status: decided.standing.status,
  leaf_hash: decided.standing.latestEvent,
  receipt: await receiptOf(deps, decided),
})
