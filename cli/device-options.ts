import { enrolmentSchema, type Enrolment } from '../shared/api/devices.ts'
import {
  areaIdField,
  hashField,
  integerField,
  latitudeField,
  longitudeField,
} from '../shared/fields.ts'
import type { DeviceIdentity } from '../shared/provisioning/index.ts'
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

/** What is enrolled of a device besides serial number and key. */
export const FACT_OPTIONS = ['area', 'stage', 'customers', ...PLACE_OPTIONS] as const
type FactOption = (typeof FACT_OPTIONS)[number]

/** The enrolment of a device whose facts stand in the options. Throws `usage` for what is missing. */
export function enrolmentFrom<Text extends string, Flag extends string>(
  options: Options<Text | FactOption, Flag>,
  identity: DeviceIdentity,
): Enrolment {
  const facts = {
    stage: options.required('stage', stageOption),
    customers_served: options.required('customers', customersOption),
  }
  const place = placeFrom(options)
  if (!place)
    throw new CliError(
      'usage',
      'place: expected --latitude and --longitude, or --location-commitment, got none',
    )
  const area_id =
    'location_commitment' in place
      ? options.required('area', areaOption)
      : options.value('area', areaOption)
  return {
    ...(area_id !== undefined && { area_id }),
    device: { ...identity, ...facts, ...place },
  }
}
