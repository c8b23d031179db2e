import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Device, type Presence } from '../../../firmware/host/harness/device.ts'
import { keptMemory, type KeptMemory } from '../../../firmware/host/harness/kept-memory.ts'
import { flapsFrom, mainsWithout } from '../../../firmware/host/harness/mains.ts'
import { portalNetwork } from '../../../firmware/host/harness/network.ts'
import { watched, type Watch } from '../../../firmware/host/harness/watched-network.ts'
import type { Enrolment } from '../../../shared/api/devices.ts'
import type { Scenario } from '../scenario.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** From the beginning of the scenario: when the feeder of all of them fails, and for how long. */
const OUTAGE_AFTER_MS = 3 * HOUR_MS
const OUTAGE_MS = 40 * MINUTE_MS
/** When the wire of the last of them is loose. */
const FLAPPING_AFTER_MS = 6 * HOUR_MS
/** Degrees between neighbours: about 100 m. */
const APART_DEGREES = 0.001
const CUSTOMERS = 1
const STEP_MS = 250
const PART_MS = 5 * MINUTE_MS

export interface FleetState {
  on: number
  off: number
  /** Readings the portal has taken in this run. */
  taken: number
}

export interface FleetOptions {
  /** The firmware's core, compiled for this machine. */
  program: string
  count: number
  scenario: Pick<Scenario, 'sites' | 'beginAt' | 'endAt'>
  /** Folder in which the devices' memories are kept. */
  folder: string
  portalUrl: string
  /** When a device that has not lived yet begins, in simulated time. */
  nowMs: number
  /** A device told that its mains came or went: a sentence. */
  onChange(change: string): void
}

export interface Fleet {
  deviceIds: string[]
  enrolments: Enrolment[]
  state(): FleetState
  /** Lets them live by a clock until it is over; rejects when the signal stops them. Once only. */
  run(life: { nowMs(): number; isOver(): boolean; signal: AbortSignal }): Promise<void>
}

interface Member {
  memory: KeptMemory
  device: Device
}

/**
 * Devices in one street, beside the first site of the scenario and in its area, each a real firmware core. One outage
 * meets them all; the last has a loose wire besides.
 */
export function openFleet(options: FleetOptions): Fleet {
  const power = new Map<string, { seq: number; isOn: boolean }>()
  let taken = 0
  const watchOf = (number: number): Watch => ({
    sends: () => {},
    unanswered: () => {},
    answered: ({ device_id, seq, power_status, reason, timestamp }, { status }) => {
      if (status === 'rejected') return
      taken += 1
      const isOn = power_status === 'ON'
      if ((power.get(device_id)?.seq ?? 0) < seq) power.set(device_id, { seq, isOn })
      if (reason === 'heartbeat' || status === 'duplicate') return
      options.onChange(`Firmware ${number} (${device_id}), ${reason}: ${power_status} ${timestamp}`)
    },
  })
  const members = Array.from({ length: options.count }, (_, index) =>
    memberOf(options, index, watchOf(index + 1)),
  )
  return {
    deviceIds: members.map(({ memory }) => memory.element.deviceId),
    enrolments: members.map(({ memory }, index) => enrolmentOf(options, index, memory)),
    state: () => {
      const on = [...power.values()].filter(({ isOn }) => isOn).length
      return { on, off: power.size - on, taken }
    },
    run: (life) => live(members, life),
  }
}

/** What is asked of the portal for each device, before the fleet is opened; makes those that are not in the folder yet. */
export const fleetEnrolments = (
  options: Pick<FleetOptions, 'scenario' | 'count' | 'folder'>,
): Enrolment[] =>
  Array.from({ length: options.count }, (_, index) =>
    enrolmentOf(options, index, memoryOf(options.folder, index)),
  )

const memoryOf = (folder: string, index: number): KeptMemory =>
  keptMemory(join(folder, 'firmware', String(index + 1)))

function memberOf(options: FleetOptions, index: number, watch: Watch): Member {
  const { program, count, scenario, folder, portalUrl } = options
  const memory = memoryOf(folder, index)
  const startMs = memory.livedUntilMs ?? options.nowMs
  const device = new Device({
    program,
    memory,
    network: watched(portalNetwork(portalUrl), watch),
    startMs,
    ...placeOf(scenario, index),
    mains: mainsWithout(absencesOf(scenario.beginAt, index === count - 1), startMs, scenario.endAt),
    settings: { origin: 'http://portal.simulated', apn: 'iot.simulated' },
  })
  return { memory, device }
}

function absencesOf(beginAt: number, isLoose: boolean): Presence[] {
  const outageAt = beginAt + OUTAGE_AFTER_MS
  return [
    [outageAt, outageAt + OUTAGE_MS],
    ...(isLoose ? flapsFrom(beginAt + FLAPPING_AFTER_MS) : []),
  ]
}

function placeOf({ sites }: FleetOptions['scenario'], index: number) {
  const [site] = sites
  if (!site) throw new Error('firmware: expected a scenario with a site, got none')
  const { latitude, longitude } = site
  const moved = longitude + (index + 1) * APART_DEGREES
  return { latitude, longitude: Number(moved.toFixed(6)) }
}

function enrolmentOf(
  { scenario }: Pick<FleetOptions, 'scenario'>,
  index: number,
  memory: KeptMemory,
): Enrolment {
  const areaId = scenario.sites[0]?.areaId ?? null
  return {
    ...(areaId !== null && { area_id: areaId }),
    device: {
      device_id: memory.element.deviceId,
      public_key: memory.element.publicKey,
      stage: 'house',
      customers_served: CUSTOMERS,
      ...placeOf(scenario, index),
    },
  }
}

async function live(
  members: readonly Member[],
  { nowMs, isOver, signal }: Parameters<Fleet['run']>[0],
): Promise<void> {
  try {
    for (let isLast = false; !isLast;) {
      signal.throwIfAborted()
      isLast = isOver()
      const untilMs = nowMs()
      await Promise.all(members.map((member) => liveUntil(member, untilMs, signal)))
      if (!isLast) await delay(STEP_MS, undefined, { signal })
    }
  } finally {
    await Promise.all(members.map(({ device }) => device.stop()))
  }
}

/** In parts, so that a stop need not wait for a device that is behind. */
async function liveUntil(
  { device, memory }: Member,
  untilMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (device.nowMs < untilMs) {
    signal.throwIfAborted()
    await device.live(Math.min(untilMs, device.nowMs + PART_MS))
    memory.keepLife(device.nowMs)
  }
}
