import { expect, it } from 'vitest'
import { CondensedReadings } from '../../../../cli/audit/condensed-readings.ts'
import { deriveFigures } from '../../../../cli/audit/derive-figures.ts'
import type { LedgerDeviceEvent } from '../../../../shared/outage/index.ts'
import { eventOf } from '../../../integration/cli/audited-area.ts'
import { newKey } from '../../../integration/cli/sensor.ts'
import { at, HEARTBEAT_MS, said } from '../../shared/outage/story.ts'

const DEVICE = '01230000000000000A'
const TREE = [
  { areaId: 'city', parentId: null },
  { areaId: 'east', parentId: 'city' },
  { areaId: 'west', parentId: 'city' },
]

it('a device that moves between two areas during an outage has one, which ends, with its minutes where they fell', async () => {
  const sensor = {
    deviceId: DEVICE,
    key: await newKey(),
    customers: 10,
    stage: 'transformer',
  } as const
  const event = (
    areaId: string,
    name: 'enrolled' | 'suspended',
    time: string,
    leafHash: string,
  ): LedgerDeviceEvent => ({ record: eventOf(areaId, sensor, name, at(time)), leafHash })
  using readings = new CondensedReadings()
  for (const [index, time] of ['12:00', '12:15', '12:30', '12:45', '13:00'].entries()) {
    const isOff = time > '12:00' && time < '12:45'
    const hash = (seq: number) => String(seq).padStart(64, '0')
    readings.add(DEVICE, {
      ...said(index + 1, time, isOff ? 'OFF' : 'ON'),
      ...{ digest: hash(index + 1), leafHash: hash(index + 1) },
      previous: index === 0 ? null : hash(index),
    })
  }
  const events = [
    event('east', 'enrolled', '12:00', 'a'),
    event('east', 'suspended', '12:20', 'b'),
    event('west', 'enrolled', '12:20:01', 'c'),
  ]
  const period = { fromAt: at('12:00'), toAt: at('13:00') }
  const derived = deriveFigures(
    { events: new Map([[DEVICE, events]]), readings },
    { areaId: 'city', tree: TREE, period, asOfAt: period.toAt, heartbeatMs: HEARTBEAT_MS },
  )
  expect(derived.outages).toMatchObject([
    { areaId: 'east', startedAt: at('12:15'), endedAt: at('12:45'), customersAffected: 10 },
  ])
  expect(derived.gaps).toEqual([])
  const minutesOff = (areaId: string) => {
    const { saidi, customersServed } = derived.figuresIn(areaId, period, period.toAt)
    return (saidi.value ?? 0) * (customersServed.value ?? 0)
  }
  // The second between leaving and arriving is in neither area.
  expect(minutesOff('east')).toBeCloseTo(10 * 5)
  expect(minutesOff('west')).toBeCloseTo(10 * (25 - 1 / 60))
  expect(minutesOff('city')).toBeCloseTo(10 * (30 - 1 / 60))
})
