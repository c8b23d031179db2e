import { mongo } from 'mongoose'
import type { AreaRequest } from '../../../shared/api/devices.ts'
import { squareMetres } from '../../../shared/area-geometry.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { simplifyOutline } from '../../../shared/simplify-outline.ts'
import type { AreaRow } from '../../models/index.ts'
import { areaAncestry } from './area-ancestry.ts'
import type { Deps } from '../deps.ts'

/**
 * Creates or replaces an area, whole or not at all; with `isNew` it only creates one. Throws `unknown_area` for a parent that
 * does not exist, `area_conflict` where `isNew` and the id is taken, `malformed` for an area within
 * itself and for an outline that MongoDB cannot index: one whose rings cross or touch themselves.
 */
export async function putArea(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  area: AreaRequest,
  { isNew = false } = {},
): Promise<void> {
  await expectParent({ models }, areaId, area.parent_id)
  const { geometry, area_type = null } = area
  const derived: Pick<AreaRow, 'area_type' | 'outline' | 'square_metres'> = {
    area_type,
    outline: geometry && simplifyOutline(geometry),
    square_metres: geometry && squareMetres(geometry),
  }
  const row = { ...area, ...derived }
  try {
    const { upsertedCount } = await models.areas.updateOne(
      { _id: areaId },
      isNew ? { $setOnInsert: row } : { $set: row },
      { upsert: true },
    )
    if (isNew && upsertedCount === 0)
      throw new CodedError(
        'area_conflict',
        `area: expected a new id, got ${areaId}, which is taken`,
      )
  } catch (cause) {
    if (!isUnindexable(cause)) throw cause
    throw new CodedError(
      'malformed',
      `geometry: expected rings that neither cross nor touch themselves, holes inside, got: ${reasonOf(cause)}`,
      { cause },
    )
  }
}

async function expectParent(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  parentId: string | null,
): Promise<void> {
  if (parentId === null) return
  if (parentId === areaId) throw new CodedError('malformed', 'parent_id: expected another area')
  if (!(await models.areas.exists({ _id: parentId }))) {
    throw new CodedError(
      'unknown_area',
      `parent_id: expected an area of this portal, got ${parentId}`,
    )
  }
  const { ancestorsOf } = await areaAncestry({ models }, [parentId])
  if (ancestorsOf(parentId).includes(areaId)) {
    throw new CodedError(
      'malformed',
      `parent_id: expected an area that does not lie in ${areaId}, got ${parentId}`,
    )
  }
}

/** "Could not extract geo keys", as newer and older versions of MongoDB number it. */
const NO_GEO_KEYS = [510, 16_755]
const MAX_REASON_CHARACTERS = 300

const isUnindexable = (error: unknown): error is mongo.MongoServerError =>
  error instanceof mongo.MongoServerError &&
  typeof error.code === 'number' &&
  NO_GEO_KEYS.includes(error.code)

/** The server's words without the document or ring they repeat. */
const reasonOf = ({ message }: mongo.MongoServerError): string =>
  message
    .replace(/^.*\}\s*/s, '')
    .replace(/^.* with _id "[^"]*": /s, '')
    .replace(/\[ \[.*\] \]\s*/s, '')
    .slice(0, MAX_REASON_CHARACTERS)
