import { setTimeout as delay } from 'node:timers/promises'
import type { Acceptance } from '../../shared/api/readings.ts'
import type { Reading } from '../../shared/reading/index.ts'
import type { DeviceKey } from './device-keys.ts'
import { measurementsOf, type Measurement } from './measurement.ts'
import { mergeByTime } from './merge.ts'
import { keepOutbox, readOutbox, type Outbox } from './outbox.ts'
import { untilDone } from './patience.ts'
import type { PortalRequests } from './portal-requests.ts'
import type { Scenario, Site } from './scenario.ts'
import { signReadings } from './sign-readings.ts'
import { simulatedClock, type SimulatedClock } from './simulated-clock.ts'
import { trackPower, type PowerCounts } from './track-power.ts'

/** Half of what one request may carry. */
const READINGS_PER_REQUEST = 500
/** Time in which readings gather before they are sent together. */
const GATHER_MS = 250

export interface ReplayOptions {
  scenario: Scenario
  keys: Map<string, DeviceKey>
  /** Folder in which the sensors' memory is kept. */
  folder: string
  /** How many times as fast as it happened, until the present. */
  speed: number
  portal: Pick<PortalRequests, 'postReadings'>
  signal: AbortSignal
  onRefusal(refusal: Refusal): void
  /** Told once, when simulated time has come to the present. */
  onPresent(): void
  /** The portal does not take readings at the moment, and why. */
  onWait(reason: string, waitMs: number): void
}

export type Refusal = Extract<Acceptance, { status: 'rejected' }>

/** What a replay has come to. */
export interface ReplayState extends PowerCounts {
  /** Simulated time, ms since 1970. */
  clockAt: number
  /** Readings the portal answered for, earlier runs included. */
  sent: number
  refused: number
  /** Leaf of an accepted OFF reading, null before there is one. */
  witness: string | null
}

export interface Replay {
  state(): ReplayState
  /** Sends everything until the scenario is over; rejects when the signal stops it. Once only. */
  run(): Promise<void>
}

/**
 * Lets the sensors of a scenario send what they measured, from where the folder says they stopped. No reading is
 * dropped, none is numbered twice; while the portal does not answer, simulated time stands still.
 */
export async function openReplay(options: ReplayOptions): Promise<Replay> {
  const { scenario, folder, portal, signal, speed } = options
  const outbox = await readOutbox(folder, scenario)
  const power = trackPower(scenario.sites)
  const upcoming = mergeByTime(
    scenario.sites.map((site) => remaining(site, scenario, outbox, power.note)),
  )
  // Taken now, not when the replay runs: it passes over what was signed before, and tells how that ended.
  const first = upcoming.next()
  const clock = simulatedClock(outbox.clock_at, { speed, endAt: scenario.endAt })
  let sent = numbersUsed(outbox) - outbox.unsent.length
  let refused = 0

  const onAnswer = (reading: Reading, answer: Acceptance): void => {
    sent += 1
    if (answer.status === 'rejected') {
      refused += 1
      options.onRefusal(answer)
      return
    }
    power.note(reading.device_id, reading.power_status)
    if (reading.power_status === 'OFF') outbox.witness ??= answer.leaf_hash
  }
  const sendUnsent = async (): Promise<void> => {
    const { unsent } = outbox
    if (unsent.length === 0) return
    const answers = await untilDone(() => portal.postReadings(unsent), {
      signal,
      onWait: options.onWait,
    })
    for (const [index, reading] of unsent.entries()) onAnswer(reading, answerAt(answers, index))
    outbox.unsent = []
  }

  return {
    state: () => ({
      clockAt: clock.now(),
      sent,
      refused,
      witness: outbox.witness,
      ...power.counts(),
    }),
    async run() {
      try {
        // Signed by an earlier run that may have ended before the answer.
        await sendUnsent()
        for await (const due of dueGroups(first, upcoming, clock, options)) {
          const signed = await signReadings(due, outbox.chains, options.keys, scenario.supply)
          const { readings, chains } = signed
          outbox.chains = chains
          outbox.unsent = readings
          outbox.clock_at = clock.now()
          await keepOutbox(folder, outbox)
          await sendUnsent()
        }
      } finally {
        outbox.clock_at = clock.now()
        await keepOutbox(folder, outbox)
      }
    },
  }
}

function answerAt(answers: Acceptance[], index: number): Acceptance {
  const answer = answers[index]
  if (answer === undefined) throw new Error(`readings: expected answer ${index}, got none`)
  return answer
}

const numbersUsed = (outbox: Outbox): number =>
  Object.values(outbox.chains).reduce((sum, chain) => sum + chain.seq, 0)

/** What a sensor has not signed yet. What it said before is told to `note`. */
function* remaining(
  site: Site,
  scenario: Scenario,
  outbox: Outbox,
  note: (deviceId: string, status: Measurement['status']) => void,
): Generator<Measurement> {
  const signed = outbox.chains[site.deviceId]?.seq ?? 0
  for (const measurement of measurementsOf(site, scenario)) {
    if (measurement.seq > signed) yield measurement
    else note(site.deviceId, measurement.status)
  }
}

/** Hands out what is due until the end of the period, at most one request's worth at a time. The clock stands while there is more. */
async function* dueGroups(
  first: IteratorResult<Measurement>,
  upcoming: Iterator<Measurement>,
  clock: SimulatedClock,
  { signal, onPresent }: Pick<ReplayOptions, 'signal' | 'onPresent'>,
): AsyncGenerator<Measurement[]> {
  let next = first
  let isTold = false
  while (next.done !== true || !clock.isOver()) {
    signal.throwIfAborted()
    const due: Measurement[] = []
    while (next.done !== true && isDue(next.value, clock) && due.length < READINGS_PER_REQUEST) {
      due.push(next.value)
      next = upcoming.next()
    }
    if (due.length > 0) yield due
    if (next.done !== true && isDue(next.value, clock)) {
      clock.hold()
    } else {
      if (!isTold && clock.isPresent()) onPresent()
      isTold ||= clock.isPresent()
      await delay(GATHER_MS, undefined, { signal })
      clock.advance()
    }
  }
}

const isDue = (measurement: Measurement, clock: SimulatedClock): boolean =>
  measurement.at <= clock.now()
