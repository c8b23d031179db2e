import { expect, it } from 'vitest'
import { DeviceRegistry } from '../../../../cli/audit/device-registry.ts'
import { toHex } from '../../../../shared/bytes.ts'
import { recordLeafHash, type LedgerRecord } from '../../../../shared/record/index.ts'
import { eventOf, HOME, MIDNIGHT_AT, readingRecord } from '../../../integration/cli/audited-area.ts'
import { newKey, signed } from '../../../integration/cli/sensor.ts'

const AREA = 'in-br-patna'
const SECOND_MS = 1000
const entry = (record: LedgerRecord) => ({
  record,
  leafHash: toHex(recordLeafHash(record)),
  place: 'batch 1, record 1',
})

/** A registry, and the numbers of the readings that it took as true. */
function newRegistry() {
  const taken: number[] = []
  return { taken, registry: new DeviceRegistry({ add: (_, { seq }) => void taken.push(seq) }) }
}

/** A home's sensor and its reading of midnight, which the portal has one second later. */
async function homeAtMidnight() {
  const key = await newKey()
  const sensor = { deviceId: HOME, key, customers: 1, stage: 'house' } as const
  const reading = await signed(key, {
    v: 1,
    device_id: HOME,
    location_commitment: '11'.repeat(32),
    seq: 1,
    timestamp: '2024-11-21T00:00:00Z',
    power_status: 'ON',
    reason: 'boot',
  })
  return { sensor, reading: entry(readingRecord(AREA, reading)) }
}

it('an enrolment counts for a reading of the same millisecond that stands before it', async () => {
  const { sensor, reading } = await homeAtMidnight()
  const { registry, taken } = newRegistry()
  registry.take(reading)
  registry.take(entry(eventOf(AREA, sensor, 'enrolled', MIDNIGHT_AT + SECOND_MS)))
  registry.settle()
  expect(taken).toEqual([1])
})

it('an enrolment of the next millisecond is too late', async () => {
  const { sensor, reading } = await homeAtMidnight()
  const { registry } = newRegistry()
  registry.take(reading)
  const late = entry(eventOf(AREA, sensor, 'enrolled', MIDNIGHT_AT + SECOND_MS + 1))
  expect(() => registry.take(late)).toThrow('got no enrolment')
})

it('a device that left the area counts again once it is enrolled there with its key of then', async () => {
  const { sensor, reading } = await homeAtMidnight()
  const { registry, taken } = newRegistry()
  const before = { ...sensor, key: await newKey() }
  registry.take(entry(eventOf(AREA, before, 'enrolled', MIDNIGHT_AT)))
  registry.take(entry(eventOf(AREA, before, 'suspended', MIDNIGHT_AT + 1)))
  registry.take(entry(eventOf(AREA, sensor, 'enrolled', MIDNIGHT_AT + 2)))
  registry.take(reading)
  registry.settle()
  expect(taken).toEqual([1])
})

it('a new place does not end a suspension', async () => {
  const { sensor, reading } = await homeAtMidnight()
  const { registry } = newRegistry()
  for (const [ms, event] of (['enrolled', 'suspended', 'moved'] as const).entries()) {
    registry.take(entry(eventOf(AREA, sensor, event, MIDNIGHT_AT + ms)))
  }
  registry.take(reading)
  expect(() => registry.settle()).toThrow('active at 2024-11-21T00:00:01.000Z, got suspended')
})

it('nothing but an enrolment makes a device known', async () => {
  const { sensor } = await homeAtMidnight()
  const resumed = entry(eventOf(AREA, sensor, 'resumed', MIDNIGHT_AT))
  expect(() => newRegistry().registry.take(resumed)).toThrow(
    `device ${HOME}: resumed: expected it suspended before, got not enrolled`,
  )
})

it('no event but those that bring a key changes it', async () => {
  const { sensor } = await homeAtMidnight()
  const { registry } = newRegistry()
  registry.take(entry(eventOf(AREA, sensor, 'enrolled', MIDNIGHT_AT)))
  const other = { ...sensor, key: await newKey() }
  expect(() => registry.take(entry(eventOf(AREA, other, 'suspended', MIDNIGHT_AT + 1)))).toThrow(
    `suspended: expected its key ${sensor.key.publicKey}, got ${other.key.publicKey}`,
  )
})
