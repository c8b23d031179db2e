import { setTimeout as delay } from 'node:timers/promises'
import { Device } from '../../firmware/host/harness/device.ts'
import { mainsOf } from '../../firmware/host/harness/mains.ts'
import { portalNetwork } from '../../firmware/host/harness/network.ts'
import { watched } from '../../firmware/host/harness/watched-network.ts'
import type { Terminal } from '../terminal.ts'
import { edgesOf, lifeLines, type Outcome } from './life-lines.ts'
import type { Life } from './life-options.ts'
import type { SimulatedDevice } from './simulated-device.ts'

const MINUTE_MS = 60_000
const STEP_MS = 250

export interface Living extends Life {
  simulated: SimulatedDevice
  portalUrl: string
  program: string
  terminal: Terminal
}

/** Lets a device live at its speed against a portal, never ahead of the present, and tells it line by line. */
export async function live(living: Living): Promise<Outcome> {
  const { simulated, terminal, minutes, speed, isOnce } = living
  const { memory, latitude, longitude } = simulated
  const lifeMs = minutes * MINUTE_MS
  const beganMs = Date.now()
  const startMs = Math.max(Math.floor(beganMs - lifeMs * (1 - 1 / speed)), memory.livedUntilMs ?? 0)
  const untilMs = Math.ceil(startMs + lifeMs)
  if (speed > 1 && startMs === memory.livedUntilMs)
    terminal.out(`it has lived until ${new Date(startMs).toISOString()} and goes on from there`)
  const mains = mainsOf(living.scenario, startMs, untilMs)
  const { watch, outcome, senses } = lifeLines(terminal, () => device.nowMs)
  const device: Device = new Device({
    program: living.program,
    memory,
    network: watched(portalNetwork(living.portalUrl.replace(/\/$/, '')), watch),
    startMs,
    latitude,
    longitude,
    mains,
    settings: { origin: 'http://portal.simulated', apn: 'iot.simulated', 'spread-s': 0 },
  })
  for (const { atMs, isPresent } of edgesOf(mains)) {
    // The plan ends there; the mains do not.
    if (atMs >= untilMs) continue
    device.agenda.at(atMs, () => {
      senses(isPresent)
    })
  }
  const isAnswered = () => outcome.taken > 0 || outcome.refusal !== undefined
  try {
    while (device.nowMs < untilMs && !(isOnce && isAnswered())) {
      const dueMs = Math.floor(startMs + (Date.now() - beganMs) * speed)
      await device.live(Math.min(dueMs, Date.now(), untilMs))
      memory.keepLife(device.nowMs)
      if (device.nowMs < untilMs) await delay(STEP_MS)
    }
  } finally {
    await device.stop()
  }
  return outcome
}
