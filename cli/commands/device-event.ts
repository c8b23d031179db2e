import {
  deviceEventRequestSchema,
  enrolledSchema,
  type DeviceEventRequest,
} from '../../shared/api/devices.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { CliError, DONE } from '../cli-error.ts'
import type { Command } from '../command.ts'
import {
  areaOption,
  deviceIdOption,
  PLACE_OPTIONS,
  placeFrom,
  publicKeyOption,
  type PlaceOption,
} from '../device-options.ts'
import { pathOption, readOptions, urlOption, type Options } from '../options.ts'
import { askPortalFor } from '../portal.ts'

const COMMON = ['portal', 'device-id', 'reason', 'token-file'] as const
type Change = 'public-key' | 'area' | PlaceOption

/** The facts an event changes, as the request states them. */
type Facts = Partial<DeviceEventRequest>
type ReadFacts = (options: Options<Change, never>) => Facts

interface EventCommand {
  event: DeviceEventRequest['event']
  summary: string
  /** Synopsis of the options only this event has. */
  synopsis?: string
  changes?: readonly Change[]
  facts?: ReadFacts
}

/** One command for each thing that happens to an enrolled device. */
export const deviceEvents: Record<string, Command> = {
  'rotate-key': eventCommand({
    event: 'key_rotated',
    summary: 'a new key signs for the device from now on',
    synopsis: '--public-key HEX ',
    changes: ['public-key'],
    facts: (options) => ({ public_key: options.required('public-key', publicKeyOption) }),
  }),
  suspend: eventCommand({
    event: 'suspended',
    summary: "refuse the device's readings until it is resumed",
  }),
  resume: eventCommand({
    event: 'resumed',
    summary: 'take the readings of a suspended device again',
  }),
  revoke: eventCommand({ event: 'revoked', summary: "end the device's key for good" }),
  move: eventCommand({
    event: 'moved',
    summary: 'the device hangs in another place or area',
    synopsis: '[--area ID] [--latitude N --longitude N | --location-commitment HASH] ',
    changes: ['area', ...PLACE_OPTIONS],
    facts: movedFacts,
  }),
}

function movedFacts(options: Options<Change, never>): Facts {
  const place = placeFrom(options)
  const area_id = options.value('area', areaOption)
  if (!place && area_id === undefined) {
    throw new CliError('usage', 'place: expected a new place, a new --area, or both, got none')
  }
  return { ...place, ...(area_id !== undefined && { area_id }) }
}

function eventCommand({
  event,
  summary,
  synopsis = '',
  changes = [],
  facts = () => ({}),
}: EventCommand): Command {
  return {
    summary,
    synopsis: `--portal URL --device-id HEX ${synopsis}--reason TEXT [--token-file FILE]`,
    help: `Records the event "${event}" of a device in the ledger: ${summary}.

  --reason TEXT       why; it stands in the ledger, public for ever, so name nobody

The record also bears the pseudonym the portal has for whoever holds the token.

${TOKEN_HELP}`,
    async run(args, terminal) {
      const options = readOptions<(typeof COMMON)[number] | Change>(args, {
        text: [...COMMON, ...changes],
      })
      const portalUrl = options.required('portal', urlOption)
      const deviceId = options.required('device-id', deviceIdOption)
      const request: DeviceEventRequest = {
        event,
        reason: options.required('reason', deviceEventRequestSchema.shape.reason),
        ...facts(options),
      }
      const token = await adminToken(options.value('token-file', pathOption), terminal.env)
      const { device_id, leaf_hash } = await askPortalFor(enrolledSchema, {
        portalUrl,
        method: 'POST',
        path: `admin/devices/${deviceId}/events`,
        adminToken: token,
        body: request,
      })
      terminal.out(`${device_id} ${event.replace('_', ' ')}, record ${leaf_hash}`)
      return DONE
    },
  }
}
