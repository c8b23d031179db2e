import type { ComplaintSecret } from '../../models/index.ts'
import { bytesOf } from './complaint-secrets.ts'
import type { Deps } from '../deps.ts'

/** Photos, sealed and named by their commitments. */

/** A stored photo whose event was never decided goes after this. */
const WAITS_MS = 60 * 60_000

/** Stores a photo whose event is about to be decided. */
export async function storePhoto(
  { models, clock, complaintDesk }: Pick<Deps, 'models' | 'clock' | 'complaintDesk'>,
  commitment: string,
  jpeg: Uint8Array,
): Promise<void> {
  const sealed = complaintDesk.vault.seal(commitment, jpeg)
  const expires_at = new Date(clock.now().getTime() + WAITS_MS)
  await models.complaintPhotos.create([{ _id: commitment, sealed, expires_at }])
}

/** The JPEG of a photo; null where it is gone. */
export async function loadPhoto(
  { models, complaintDesk }: Pick<Deps, 'models' | 'complaintDesk'>,
  commitment: string,
): Promise<Uint8Array | null> {
  const photo = await models.complaintPhotos.findById(commitment).lean()
  return photo && complaintDesk.vault.open(commitment, bytesOf(photo.sealed))
}

const photosAmong = (secrets: readonly ComplaintSecret[]): string[] =>
  secrets.flatMap(({ name, commitment }) => (name === 'photo' ? [commitment] : []))

/** A photo whose event is decided no longer goes by itself. */
export async function keepPhotos(
  { models }: Pick<Deps, 'models'>,
  secrets: readonly ComplaintSecret[],
): Promise<void> {
  const photos = photosAmong(secrets)
  if (photos.length === 0) return
  await models.complaintPhotos.updateMany({ _id: { $in: photos } }, { $set: { expires_at: null } })
}

/** Deletes the photos among these values. */
export async function forgetPhotos(
  { models }: Pick<Deps, 'models'>,
  secrets: readonly ComplaintSecret[],
): Promise<void> {
  const photos = photosAmong(secrets)
  if (photos.length > 0) await models.complaintPhotos.deleteMany({ _id: { $in: photos } })
}
