import type { DeviceState } from '../../../shared/api/map.ts'
import type { Picture } from '../../adapters/picture.ts'
import type { OutageRow } from '../../models/index.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { mapDevices } from '../device/device-snapshot.ts'
import { findOutageRow } from '../outage/describe-outage.ts'
import { ofOutage } from '../outage/outage-interruptions.ts'
import { layOut, type PictureFacts } from './layout.ts'
import { outlineOf, type PicturePlace } from './place.ts'
import { WORDS } from './words.ts'
import { written, type PictureStyle } from './written.ts'

const MS_PER_S = 1000

/** An outage as it stands, and where. Throws `not_found`. */
export async function outagePicture(
  deps: Deps,
  outageId: string,
  style: PictureStyle,
): Promise<Picture> {
  const row = await findOutageRow(deps, outageId)
  const names = await areaNames(deps, [row.area_id])
  const words = WORDS[style.language]
  const states = await statesOf(deps, row)
  return layOut({
    language: style.language,
    title: words.outageIn(names.get(row.area_id) ?? row.area_id),
    ...courseOf(row, style, deps.clock.now()),
    place: await placeOf(deps, row.area_id, states),
    legend: row.ended_at === null ? legendOf(states, style) : [],
    motto: words.motto,
  })
}

/** Of one that is over nothing depends on when it is looked at. */
function courseOf(
  row: OutageRow,
  style: PictureStyle,
  now: Date,
): Pick<PictureFacts, 'headline' | 'state' | 'lines'> {
  const words = WORDS[style.language]
  const { number, moment, momentWithZone, duration } = written(style)
  const lines = [
    words.extent(
      { text: number(row.customers_affected), count: row.customers_affected },
      { text: number(row.devices), count: row.devices },
    ),
    ...(row.local ? [words.local] : []),
  ]
  if (row.ended_at === null)
    return {
      headline: words.ongoing(moment(row.started_at)),
      state: 'off',
      lines: [...lines, words.asOf(momentWithZone(now))],
    }
  const seconds = Math.floor((row.ended_at.getTime() - row.started_at.getTime()) / MS_PER_S)
  return {
    headline: words.restored(duration(seconds)),
    state: 'on',
    lines: [words.fromTo(moment(row.started_at), momentWithZone(row.ended_at)), ...lines],
  }
}

/** Whether each of its sensors has mains again. */
async function statesOf(
  { models }: Pick<Deps, 'models'>,
  outage: OutageRow,
): Promise<Map<string, DeviceState>> {
  const states = new Map<string, DeviceState>()
  const interruptions = models.deviceBreaks
    .find(ofOutage(outage), { device_id: 1, to_at: 1 })
    .lean()
    .cursor()
  for await (const { device_id, to_at } of interruptions)
    if (states.get(device_id) !== 'off') states.set(device_id, to_at === null ? 'off' : 'on')
  return states
}

function legendOf(
  states: ReadonlyMap<string, DeviceState>,
  style: PictureStyle,
): PictureFacts['legend'] {
  const { legend } = WORDS[style.language]
  const { number } = written(style)
  const off = [...states.values()].filter((state) => state === 'off').length
  return [
    { state: 'off', text: legend.off(number(off)) },
    { state: 'on', text: legend.back(number(states.size - off)) },
  ]
}

async function placeOf(
  deps: Deps,
  areaId: string,
  states: ReadonlyMap<string, DeviceState>,
): Promise<PicturePlace> {
  const devices = await mapDevices(deps)
  const points = [...states].flatMap(([deviceId, state]) => {
    const at = devices.get(deviceId)?.place
    return at ? [{ state, at }] : []
  })
  return { outline: await outlineOf(deps, areaId), points }
}
