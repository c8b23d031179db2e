import { z } from 'zod'
import { CodedError } from '../coded-error.ts'
import { areaIdField, deviceIdField, hasOnePlace, ONE_PLACE, placeFields } from '../fields.ts'
import { parseAs } from '../parse.ts'
import { payloadOf, sealMessage, type OperatorKey } from './envelope.ts'
import { decodePayload, encodePayload, type Member } from './payload.ts'

/** Type 1 of docs/formats/device-messages.md. */

const TYPE = 1
const MAX_BYTES = 768
const METERS = ['none', 'pzem', 'shelly'] as const

const MEMBERS: readonly Member[] = [
  [2, 'version', 'integer'],
  [3, 'device_id', 'serial'],
  [4, 'latitude', 'degrees'],
  [5, 'longitude', 'degrees'],
  [6, 'location_commitment', 'bytes'],
  [7, 'heartbeat_s', 'integer'],
  [8, 'declare_ms', 'integer'],
  [9, 'spread_s', 'integer'],
  [10, 'meter', METERS],
  [11, 'apn', 'text'],
  [12, 'host', 'text'],
  [13, 'port', 'integer'],
  [14, 'mqtt_host', 'text'],
  [15, 'mqtt_port', 'integer'],
  [16, 'mqtt_user', 'text'],
  [17, 'mqtt_password', 'text'],
  [18, 'area_id', 'text'],
  [19, 'meter_host', 'text'],
  [20, 'meter_port', 'integer'],
  [21, 'meter_generation', 'integer'],
  [22, 'wifi_ssid', 'text'],
  [23, 'wifi_password', 'text'],
]

const within = (least: number, most: number) =>
  z.int().min(least, `expected ${least} to ${most}`).max(most, `expected ${least} to ${most}`)
const name = (most: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9.-]{1,${most}}$`),
      `expected 1 to ${most} of letters, digits, . and -`,
    )
const visible = (least: number, most: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[\\x21\\x23-\\x7e]{${least},${most}}$`),
      `expected ${least} to ${most} visible ASCII characters other than "`,
    )
const portField = within(1, 65_535)

export const settingsVersionField = within(1, 2 ** 32 - 1)

const shape = {
  device_id: deviceIdField,
  ...placeFields,
  heartbeat_s: within(60, 3600),
  declare_ms: within(300, 10_000),
  spread_s: within(0, 300),
  meter: z.enum(METERS, `expected one of ${METERS.join(', ')}`),
  apn: name(63),
  host: name(50),
  port: portField,
  mqtt_host: name(50).optional(),
  mqtt_port: portField.optional(),
  mqtt_user: visible(1, 63).optional(),
  mqtt_password: visible(1, 63).optional(),
  area_id: areaIdField.optional(),
  meter_host: name(50).optional(),
  meter_port: portField.optional(),
  meter_generation: within(1, 2).optional(),
  wifi_ssid: visible(1, 32).optional(),
  wifi_password: visible(8, 63).optional(),
}
const membersSchema = z.strictObject({ version: settingsVersionField, ...shape })
export type DeviceSettings = z.infer<typeof membersSchema>

const BROKER = ['mqtt_host', 'mqtt_port', 'area_id'] as const
const SIGN_ON = ['mqtt_user', 'mqtt_password'] as const
const SHELLY = ['meter_host', 'meter_port', 'meter_generation', 'wifi_ssid'] as const

/** Which of these are there: all, none, or some. */
function presence<Name extends keyof DeviceSettings>(
  settings: Partial<DeviceSettings>,
  names: readonly Name[],
): 'all' | 'none' | 'some' {
  const present = names.filter((each) => settings[each] !== undefined)
  return present.length === names.length ? 'all' : present.length === 0 ? 'none' : 'some'
}

/** What is wrong with the company the members keep; null where nothing is. */
function disorderOf(settings: Partial<DeviceSettings>): string | null {
  const broker = presence(settings, BROKER)
  const signOn = presence(settings, SIGN_ON)
  const shelly = presence(settings, SHELLY)
  if (!hasOnePlace(settings)) return ONE_PLACE
  if (broker === 'some') return `expected all of ${BROKER.join(', ')}, or none`
  if (signOn === 'some' || (signOn === 'all' && broker === 'none'))
    return `expected ${SIGN_ON.join(' and ')} together, and only with mqtt_host`
  if (shelly !== (settings.meter === 'shelly' ? 'all' : 'none'))
    return `expected ${SHELLY.join(', ')} exactly where meter is "shelly"`
  if (settings.wifi_password !== undefined && shelly === 'none')
    return 'expected wifi_password only with wifi_ssid'
  return null
}

const inOrder = (settings: Partial<DeviceSettings>, context: z.core.$RefinementCtx) => {
  const message = disorderOf(settings)
  if (message !== null) context.addIssue({ code: 'custom', message })
}

const settingsSchema = membersSchema.superRefine(inOrder)

/** Settings as an operator writes them down: what has a usual value may be left out, and the version comes with the signature. */
export const writtenSettingsSchema = z
  .strictObject({
    ...shape,
    heartbeat_s: shape.heartbeat_s.default(900),
    declare_ms: shape.declare_ms.default(2000),
    spread_s: shape.spread_s.default(30),
    meter: shape.meter.default('none'),
    port: shape.port.default(443),
  })
  .superRefine(inOrder)

/** The signed message, at most 768 bytes. Throws `malformed`. */
export function sealSettings(settings: DeviceSettings, key: OperatorKey): Uint8Array {
  const parsed = parseAs(settingsSchema, settings, 'settings')
  const message = sealMessage(encodePayload(TYPE, MEMBERS, parsed), key)
  if (message.length > MAX_BYTES) {
    throw new CodedError(
      'malformed',
      `settings: expected at most ${MAX_BYTES} bytes, got ${message.length}: shorten names or passwords`,
    )
  }
  return message
}

/** Reads a message back; its signature is not looked at. Throws `malformed`. */
export const readSettings = (message: Uint8Array): DeviceSettings =>
  parseAs(settingsSchema, decodePayload(TYPE, MEMBERS, payloadOf(message)), 'settings')
