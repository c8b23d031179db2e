import { createHash } from 'node:crypto'
import type { ComplaintStepAnswer } from '../../../shared/api/complaints.ts'
import { keepablePhoto } from '../../adapters/photo.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { takeStep } from './complaint-answers.ts'
import { complaintConflict } from './complaint-conflict.ts'
import { sealSecret } from './complaint-secrets.ts'
import { CITIZEN } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { DISPUTABLE_MS, ownedBy } from './describe-complaint.ts'
import { findComplaintRow } from './record-complaint-event.ts'
import { storePhoto } from './stored-photos.ts'

/** What the holder of a secret link does to a complaint: add words or a photo, dispute its closing. */

/** A complaint takes no more than this of one secret link, and of photos in all: a row has to hold it. */
const MAX_TEXTS_OF_ONE = 20
const MAX_PHOTOS = 4

/** `POST /complaints/{id}/comments`. Throws `not_found`, `forbidden`, `complaint_conflict`. */
export async function commentOnComplaint(
  deps: Deps,
  complaintId: string,
  token: string,
  words: string,
): Promise<ComplaintStepAnswer> {
  const { row, owner } = await findOwned(deps, complaintId, token)
  return takeStep(deps, row, {
    event: 'commented',
    public: { about: 'note' },
    actor: CITIZEN,
    texts: { words },
    owner,
  })
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
    throw complaintConflict(
      complaintId,
      `expected a dispute within 14 days of ${row.closed_at.toISOString()}; file a new one`,
    )
  }
  return takeStep(deps, row, {
    event: 'disputed',
    public: {},
    actor: CITIZEN,
    texts: words === undefined ? {} : { words },
    owner,
  })
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
    throw complaintConflict(complaintId, `it has ${MAX_PHOTOS} photos already`)
  const jpeg = await keepablePhoto(bytes)
  const value = createHash('sha256').update(jpeg).digest('hex')
  const secret = sealSecret(deps, complaintId, { n: row.n + 1, name: 'photo', owner, value })
  await storePhoto(deps, secret.commitment, jpeg)
  return takeStep(deps, row, {
    event: 'commented',
    public: { about: 'photo' },
    actor: CITIZEN,
    owner,
    secret,
  })
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
    throw complaintConflict(
      complaintId,
      `expected at most ${MAX_TEXTS_OF_ONE} texts and photos by one link`,
    )
  }
  return { row, owner }
}
