import { equalBytes } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { imagePath, readManifest } from '../../../shared/device-message/index.ts'
import type { FirmwarePublished } from '../../../shared/api/firmware.ts'
import type { FirmwareManifestRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { chunkCount, chunksOf } from './chunks.ts'

type Store = Pick<Deps, 'models'>

/** A device that began with an image has this long to end with it after another came. */
const REPLACED_STAYS_MS = 7 * 86_400_000

/**
 * Makes a manifest the one of its target. The same once more changes nothing. Throws `malformed` for another target or path
 * than this portal serves it under, `not_found` while the image is not whole here, `firmware_conflict` for a version that is not
 * above the last.
 */
export async function publishManifest(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  target: string,
  message: Uint8Array,
): Promise<FirmwarePublished> {
  const manifest = readManifest(message)
  const { version, sha256 } = manifest
  expectSame('target', target, manifest.target)
  expectSame('path', imagePath(sha256), manifest.path)
  await holdImage({ models }, manifest)
  const isNew = await replaceManifest({ models }, target, {
    message: Buffer.from(message),
    version,
    sha256,
  })
  // Another publisher, who did not see this manifest yet, may have let go of the image meanwhile.
  await holdImage({ models }, manifest)
  await letGo({ models }, new Date(clock.now().getTime() + REPLACED_STAYS_MS))
  return { status: isNew ? 'published' : 'already_published', target, version, sha256 }
}

function expectSame(what: string, expected: string, got: string): void {
  if (got !== expected)
    throw new CodedError('malformed', `manifest: ${what}: expected ${expected}, got ${got}`)
}

/** The image stays as long as a manifest names it. Throws `not_found` where it is not whole, `malformed` for another size. */
async function holdImage(
  { models }: Store,
  { sha256, size }: { sha256: string; size: number },
): Promise<void> {
  const image = await models.firmwareImages.findOne({ _id: sha256 }).lean()
  const chunks = await models.firmwareChunks.countDocuments(chunksOf(sha256))
  if (!image || chunks !== chunkCount(image.size)) {
    throw new CodedError(
      'not_found',
      `image: expected ${sha256} to be sent before its manifest, got none`,
    )
  }
  expectSame('size', String(image.size), String(size))
  const held = { $set: { expires_at: null } }
  await models.firmwareChunks.updateMany(chunksOf(sha256), held)
  await models.firmwareImages.updateOne({ _id: sha256 }, held)
}

/** False where the same message stood there already. */
async function replaceManifest(
  { models }: Store,
  target: string,
  row: Omit<FirmwareManifestRow, '_id'>,
): Promise<boolean> {
  try {
    await models.firmwareManifests.updateOne(
      { _id: target, version: { $lt: row.version } },
      { $set: row },
      { upsert: true },
    )
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const last = await models.firmwareManifests.findOne({ _id: target })
    if (last && equalBytes(last.message, row.message)) return false
    throw new CodedError(
      'firmware_conflict',
      `version: expected above ${last?.version}, which ${target} has, got ${row.version}`,
      { cause: error },
    )
  }
}

/** Images that were held and that no manifest names any more. */
async function letGo({ models }: Store, expires_at: Date): Promise<void> {
  const named = new Set(await models.firmwareManifests.distinct('sha256'))
  const held = await models.firmwareImages.find({ expires_at: null }).lean()
  for (const { _id } of held) {
    if (named.has(_id)) continue
    await models.firmwareChunks.updateMany(chunksOf(_id), { $set: { expires_at } })
    await models.firmwareImages.updateOne({ _id }, { $set: { expires_at } })
  }
}
