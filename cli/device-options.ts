import { enrolmentSchema } from '../shared/api/devices.ts'
import {
  areaIdField,
  hashField,
  integerField,
  latitudeField,
  longitudeField,
} from '../shared/fields.ts'
import { CliError } from './cli-error.ts'
import { numberOption, type Options } from './options.ts'

const facts = enrolmentSchema.shape.device.shape

export const areaOption = areaIdField
export const deviceIdOption = facts.device_id
export const publicKeyOption = facts.public_key
export const stageOption = facts.stage
export const customersOption = numberOption(integerField(0))
export const latitudeOption = numberOption(latitudeField)
export const longitudeOption = numberOption(longitudeField)
const commitmentOption = hashField

export const PLACE_OPTIONS = ['latitude', 'longitude', 'location-commitment'] as const
export type PlaceOption = (typeof PLACE_OPTIONS)[number]

type Place = { latitude: number; longitude: number } | { location_commitment: string }

/** The place as coordinates or as a commitment; undefined where none was given. Throws `usage` for half or both. */
export function placeFrom<Text extends string, Flag extends string>(
  options: Options<Text | PlaceOption, Flag>,
): Place | undefined {
  const latitude = options.value('latitude', latitudeOption)
  const longitude = options.value('longitude', longitudeOption)
  const commitment = options.value('location-commitment', commitmentOption)
  const given = PLACE_OPTIONS.filter((name) => options.has(name)).map((name) => `--${name}`)
  if (given.length === 0) return undefined
  if (commitment === undefined && latitude !== undefined && longitude !== undefined)
    return { latitude, longitude }
  if (commitment !== undefined && given.length === 1) return { location_commitment: commitment }
  throw new CliError(
    'usage',
    `place: expected --latitude and --longitude, or --location-commitment, got ${given.join(', ')}`,
  )
}
