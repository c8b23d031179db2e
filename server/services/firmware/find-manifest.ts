import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

/** The message devices of this target are to judge. Throws `not_found`. */
export async function findManifest(
  { models }: Pick<Deps, 'models'>,
  target: string,
): Promise<Buffer> {
  const manifest = await models.firmwareManifests.findOne({ _id: target })
  if (!manifest)
    throw new CodedError('not_found', `target: expected one with firmware here, got ${target}`)
  return Buffer.from(manifest.message)
}
