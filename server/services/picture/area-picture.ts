import type { Area } from '../../../shared/api/map.ts'
import type { Picture } from '../../adapters/picture.ts'
import { areaDescendants } from '../area/area-descendants.ts'
import { findArea } from '../area/list-areas.ts'
import type { Deps } from '../deps.ts'
import { mapDevices } from '../device/device-snapshot.ts'
import { mapMomentAt } from '../map/map-moment.ts'
import { layOut, type PictureFacts } from './layout.ts'
import { outlineOf, type PicturePlace } from './place.ts'
import { WORDS } from './words.ts'
import { written, type PictureStyle } from './written.ts'

/** What an area's sensors say now, and where they are. Throws `not_found`. */
export async function areaPicture(
  deps: Deps,
  areaId: string,
  style: PictureStyle,
): Promise<Picture> {
  const area = await findArea(deps, areaId)
  const words = WORDS[style.language]
  const { number, momentWithZone } = written(style)
  const { counts } = area
  const hasSensors = counts.on + counts.off + counts.silent > 0
  const isPartlySilent = counts.silent > 0 && counts.on + counts.off > 0
  return layOut({
    language: style.language,
    title: area.name,
    ...reportOf(area, style),
    lines: [
      ...(counts.off > 0 && area.customers_served > 0
        ? [words.customersOff(number(area.customers_off), number(area.customers_served))]
        : []),
      ...(isPartlySilent ? [words.silent(number(counts.silent), counts.silent)] : []),
      words.asOf(momentWithZone(deps.clock.now())),
    ],
    place: await placeOf(deps, areaId),
    legend: hasSensors
      ? (['off', 'on', 'silent'] as const).map((state) => ({
          state,
          text: words.legend[state](number(counts[state])),
        }))
      : [],
    motto: words.motto,
  })
}

/** The sentence its page begins with. */
function reportOf(
  { counts: { on, off, silent } }: Area,
  style: PictureStyle,
): Pick<PictureFacts, 'headline' | 'state'> {
  const words = WORDS[style.language]
  const { number } = written(style)
  const sensors = on + off + silent
  if (sensors === 0) return { headline: words.noSensors, state: 'silent' }
  if (off > 0) return { headline: words.off(number(off), number(sensors), off), state: 'off' }
  if (on > 0) return { headline: words.allOn(number(on), on), state: 'on' }
  return { headline: words.allSilent(number(sensors)), state: 'silent' }
}

async function placeOf(deps: Deps, areaId: string): Promise<PicturePlace> {
  const within = new Set(await areaDescendants(deps, areaId))
  const moment = await mapMomentAt(deps, undefined)
  const points: PicturePlace['points'] = []
  for (const device of (await mapDevices(deps)).values()) {
    const state = moment.stateOf(device)
    if (device.place && state && within.has(device.areaId)) points.push({ state, at: device.place })
  }
  return { outline: await outlineOf(deps, areaId), points }
}
