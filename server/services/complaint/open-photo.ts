import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { ownedBy } from './describe-complaint.ts'
import { findComplaintRow } from './record-complaint-event.ts'
import { loadPhoto } from './stored-photos.ts'

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
  const photo = isReadable ? await loadPhoto(deps, commitment) : null
  if (photo) return photo
  throw new CodedError('not_found', `photo: none of yours with commitment ${commitment}`)
}
