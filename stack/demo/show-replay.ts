import { once } from 'node:events'
import { deviceKeys } from './device-keys.ts'
import { openFleet } from './firmware/fleet.ts'
import { inParallel } from './in-parallel.ts'
import type { LedgerCounts } from './ledger-counts.ts'
import type { DemoOptions } from './options.ts'
import { portalRequests } from './portal-requests.ts'
import { grouped, progressLine, progressText, type Screen } from './progress.ts'
import { openReplay, type Refusal } from './replay.ts'
import type { Scenario } from './scenario.ts'
import type { RunningPortal } from './start-everything.ts'
import { signInCommand } from './sign-in.ts'
import { watchLedger } from './watch-ledger.ts'

const MS_PER_S = 1000
/** Refusals shown one by one; the progress line counts them all. */
const SHOWN_REFUSALS = 5

export interface ShowOptions {
  options: DemoOptions
  scenario: Scenario
  folder: string
  screen: Screen
  running: RunningPortal
  /** The firmware's core, where devices with it are wanted. */
  program: string | null
  signal: AbortSignal
}

/** Replays the scenario while telling how far it is, then waits for the signal: the portal stays up. */
export async function showReplay(show: ShowOptions): Promise<void> {
  const { options, scenario, folder, screen, running, program, signal } = show
  const { url } = running.portal
  const portal = portalRequests(url, running.adminToken, signal)
  const deviceIds = scenario.sites.map(({ deviceId }) => deviceId)
  const keys = await deviceKeys(folder, deviceIds)

  let ledger: LedgerCounts | null = null
  let isOver = false
  const line = progressLine(screen, () => progressText(replay.state(), ledger, fleet?.state()))
  const replay = await openReplay({
    scenario,
    keys,
    folder,
    speed: options.speed,
    portal,
    signal,
    onRefusal: (refusal) => tellRefusal(refusal),
    onPresent: () =>
      line.say('The replay has come to the present and goes on at the pace at which it happened.'),
    onWait: (reason, waitMs) => line.say(`Trying again in ${waitMs / MS_PER_S} s: ${reason}`),
  })
  const fleet =
    program === null
      ? null
      : openFleet({
          program,
          count: options.firmware,
          scenario,
          folder,
          portalUrl: url,
          // Those that are new to an old folder were enrolled just now.
          nowMs: replay.state().sent > 0 ? Date.now() : scenario.beginAt,
          onChange: (change) => line.say(change),
        })
  const tellRefusal = ({ code, detail }: Refusal): void => {
    if (replay.state().refused <= SHOWN_REFUSALS) line.say(`Refused: ${code}: ${detail}`)
  }

  line.say(`The portal is at ${url}`)
  line.say(`To see the side of officials, make yourself an account:\n  ${signInCommand(running)}`)
  const { sent } = replay.state()
  if (sent > 0) line.say(`Continuing after ${grouped(sent)} readings.`)

  line.start()
  try {
    await inParallel(
      signal,
      (either) =>
        watchLedger({
          portal,
          folder,
          rpcUrl: running.stack.rpcUrl,
          contract: running.stack.contract,
          portalUrl: url,
          witness: () => replay.state().witness,
          isReplayOver: () => isOver,
          onCounts: (counts) => {
            ledger = counts
          },
          onProof: (found) => line.say(whereToLook(url, found)),
          signal: either,
        }),
      (either) =>
        inParallel(
          either,
          async () => {
            await replay.run()
            isOver = true
          },
          async (signal) =>
            fleet?.run({ nowMs: () => replay.state().clockAt, isOver: () => isOver, signal }),
        ),
    )
    line.stop()
    line.say(
      'The replay is over: its sensors send nothing more and become silent. The portal stays up until Ctrl-C; ' +
        'with another --data a new replay begins.',
    )
  } finally {
    line.stop()
  }
  if (!signal.aborted) await once(signal, 'abort')
}

const whereToLook = (url: string, command: string): string =>
  `Anchored. Look at ${url} and check one reading yourself:\n  ${command}`
