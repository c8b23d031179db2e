import { randomUUID } from 'node:crypto'
import { putArea } from '../../../server/services/area/put-area.ts'
import { areaFigures } from '../../../server/services/figure/area-figures.ts'
import { listFigureEvidence } from '../../../server/services/figure/figure-evidence.ts'
import { describeDevice } from '../../../server/services/device/describe-device.ts'
import { deviceTimeline } from '../../../server/services/device/device-timeline.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { listDevices } from '../../../server/services/device/list-devices.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { buildProof } from '../../../server/services/ledger/build-proof.ts'
import { condenseReadings } from '../../../server/services/ledger/condense-readings.ts'
import { confirmAnchors } from '../../../server/services/ledger/confirm-anchor.ts'
import { dueBatches } from '../../../server/services/ledger/due-batches.ts'
import { findRecord } from '../../../server/services/ledger/find-record.ts'
import { listBatches, listBatchRecords } from '../../../server/services/ledger/list-batches.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { lease } from '../../../server/services/lease.ts'
import { drawMap } from '../../../server/services/map/draw-map.ts'
import { measurePortal } from '../../../server/services/measure-portal.ts'
import { listOutageEvidence } from '../../../server/services/outage/outage-evidence.ts'
import { listOutages } from '../../../server/services/outage/list-outages.ts'
import { rebuildOutages } from '../../../server/services/outage/rebuild-outages.ts'
import { acceptMessage } from '../../../server/services/reading/accept-message.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { listReadings } from '../../../server/services/reading/list-readings.ts'
import type { Reading } from '../../../shared/reading/index.ts'
import { TestDevice } from '../../device.ts'
import { eventually, mine } from '../../portal.ts'
import type { ServiceTest } from '../server/deps.ts'
import { derive } from '../server/outage-records.ts'
import { topicOf } from '../server/publisher.ts'

const AREA = 'gaya'
const DAY_MS = 86_400_000
/** Fewer than there are, so that lists have a second page. */
const LIMIT = 2
/** Seven records, of which a batch holds five. */
const BATCHES = 2
const withoutLimit = () => 0

type Work = readonly [name: string, work: () => Promise<unknown>]

/** What the portal does with readings, in the words of docs/operators-guide.md, in an order in which it can be done. */
export function aDay(test: ServiceTest): Work[] {
  const lane = new TestDevice('lane')
  const { works, leafHash } = takingIn(test, lane, new TestDevice('mill'))
  return [...works, ...sealing(test), ...looking(test, lane, leafHash), ...tidying(test)]
}

/** `leafHash` answers that of a reading of the first device, once there is one. */
function takingIn({ deps, clock }: ServiceTest, lane: TestDevice, mill: TestDevice) {
  const intake = readingIntake(deps)
  const at = (secondsAgo: number) => ({
    timestamp: new Date(clock.now().getTime() - secondsAgo * 1000)
      .toISOString()
      .replace(/\.\d{3}Z$/, 'Z'),
  })
  const off = { power_status: 'OFF', reason: 'last_gasp' } as const
  const [first, late, third] = [
    lane.read(at(60)),
    lane.read({ ...at(50), ...off }),
    lane.read(at(30)),
  ]
  let leafHash = ''

  async function accept(expected: string, ...readings: Reading[]): Promise<void> {
    const handedIn = readings.map((json) => ({ json }))
    for (const verdict of await intake(handedIn, withoutLimit)) {
      if (verdict.status !== expected)
        throw new Error(`expected ${expected}, got ${JSON.stringify(verdict)}`)
      if (verdict.status !== 'rejected') leafHash = verdict.record._id
    }
  }
  async function overMqtt(): Promise<void> {
    const payload = mill.readCompact({ ...at(40), ...off })
    const message = { topic: topicOf(AREA, mill), payload }
    const { status } = await acceptMessage(intake, message, withoutLimit)
    if (status !== 'accepted') throw new Error(`expected it accepted, got ${status}`)
  }
  const contradict = ({ device_signature: _, ...told }: Reading) =>
    accept('rejected', lane.sign({ ...told, power_w: 7 }))
  async function enrol(): Promise<void> {
    await putArea(deps, AREA, { name: AREA, kind: 'district', parent_id: null, geometry: null })
    const enrolments = [lane, mill].map(({ facts }) => ({ area_id: AREA, device: facts }))
    await enrolDevices(deps, enrolments)
  }

  const works: Work[] = [
    ['devices are enrolled', enrol],
    [
      'readings of two devices come in one request',
      () => accept('accepted', mill.read(at(60)), first, third),
    ],
    ['a reading comes over MQTT', overMqtt],
    ['a reading comes again', () => accept('duplicate', first)],
    ['a number comes with other content', () => contradict(first)],
    ['outages are derived', () => derive(deps)],
    ['a reading comes late', () => accept('accepted', late)],
    ['outages are derived from a late reading', () => derive(deps)],
  ]
  return { works, leafHash: () => leafHash }
}

function sealing({ deps, clock, stack }: ServiceTest): Work[] {
  async function seal(): Promise<void> {
    clock.advance(2 * deps.settings.batchIntervalMs)
    for (let batch = 0; batch < BATCHES; batch += 1) await sealBatches(deps)
    await publishBatches(deps)
    await eventually('all on the chain', async () => {
      await anchorBatches(deps)
      return (await deps.models.batches.countDocuments({ state: 'anchored' })) === BATCHES
    })
    await mine(stack, deps.settings.confirmations)
    await confirmAnchors(deps)
  }
  return [
    ['areas are looked at for what is due', () => dueBatches(deps, {})],
    ['records are sealed, published and anchored', seal],
  ]
}

function looking({ deps }: ServiceTest, { facts }: TestDevice, leafHash: () => string): Work[] {
  const { device_id } = facts
  const map = { bbox: [-180, -90, 180, 90] as [number, number, number, number], zoom: 8 }

  async function bothPages(query: { device_id?: string; area_id?: string }): Promise<void> {
    const { next } = await listReadings(deps, { limit: LIMIT, ...query })
    if (next === null) throw new Error('expected a second page')
    await listReadings(deps, { limit: LIMIT, ...query, cursor: next })
  }
  async function outages(): Promise<void> {
    const { items } = await listOutages(deps, { limit: LIMIT })
    if (items.length === 0) throw new Error('expected an outage')
    for (const { outage_id } of items) await listOutageEvidence(deps, outage_id, { limit: LIMIT })
  }
  async function figures(): Promise<void> {
    await areaFigures(deps, AREA, {})
    await listFigureEvidence(deps, AREA, { figure: 'saidi', limit: LIMIT })
  }
  async function devicePage(): Promise<void> {
    await describeDevice(deps, device_id)
    await deviceTimeline(deps, device_id, {})
  }
  async function batches(): Promise<void> {
    await listBatches(deps, { limit: LIMIT })
    await listBatchRecords(deps, { areaId: AREA, number: 1, limit: LIMIT })
  }
  async function devices(): Promise<void> {
    await listDevices(deps, { limit: LIMIT })
    await listDevices(deps, { limit: LIMIT, concern: 'equivocations' })
  }
  return [
    ['the map is drawn', () => drawMap(deps, map)],
    ['outages are listed with their evidence', outages],
    ['figures are made with their evidence', figures],
    ["a device's page is opened", devicePage],
    ['readings of a device are listed', () => bothPages({ device_id })],
    ['readings of an area are listed', () => bothPages({ area_id: AREA })],
    ['all readings are listed', () => bothPages({})],
    ["a record's page is opened", () => findRecord(deps, leafHash())],
    ['a proof is made', () => buildProof(deps, leafHash())],
    ['batches and their records are listed', batches],
    ['administrators list devices', devices],
    ['metrics are read', () => measurePortal(deps)],
  ]
}

function tidying({ deps, clock }: ServiceTest): Work[] {
  async function condense(): Promise<void> {
    clock.advance(2 * DAY_MS)
    const own = lease(deps, 'retention', randomUUID())
    const condensed = await condenseReadings(deps, own, DAY_MS)
    await own.release()
    if (condensed !== BATCHES) throw new Error(`expected ${BATCHES} batches, got ${condensed}`)
  }
  async function deriveAnew(): Promise<void> {
    await rebuildOutages(deps)
    await derive(deps)
  }
  return [
    ['readings are condensed', condense],
    ['outages are derived anew', deriveAnew],
  ]
}
