import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Portal } from '../portal.ts'
import { buildHost, missingTools } from '../../firmware/host/harness/build.ts'
import { inParallel } from './in-parallel.ts'
import { lockFolder } from './lock-folder.ts'
import { daysToPresent, movedBy } from './moved-scenario.ts'
import { UsageError, type DemoOptions } from './options.ts'
import { isUnused, keepOutbox, keptOutbox, readOutbox } from './outbox.ts'
import type { Screen } from './progress.ts'
import type { Scenario } from './scenario.ts'
import { readScenario } from './scenarios.ts'
import { showReplay } from './show-replay.ts'
import { startEverything } from './start-everything.ts'

const OWNER_ONLY = 0o700
const USUAL_DEVICES = 600

export interface Demo {
  options: DemoOptions
  screen: Screen
  /** Ends the demo, in order. */
  signal: AbortSignal
  /** Told the portal, so that an impatient end can reach it. */
  onPortal(portal: Portal): void
}

/**
 * The demo from start to end: resolves when the signal stopped it and nothing runs any more; throws when something else
 * did, having stopped the rest. What it has kept in its folder lets the next run continue.
 */
export async function runDemo({ options, screen, signal, onPortal }: Demo): Promise<void> {
  const folder = resolve(options.data)
  const say = (line: string): void => void screen.write(`${line}\n`)

  // Disposed from the last to the first: portal, stores, lock.
  await using cleanup = new AsyncDisposableStack()
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY })
    cleanup.defer(await lockFolder(folder))
    const scenario = await chosenScenario(options, folder)
    const outbox = await readOutbox(folder, scenario)
    // Kept before anything is enrolled: however this run ends, the next one moves by the same days.
    await keepOutbox(folder, outbox)
    const isNew = isUnused(outbox)
    say(`${scenario.notice}.`)
    const program = firmwareProgram(options, say)
    const start = { options, scenario, isNew, folder, cleanup, say, signal }
    const running = await startEverything(start)
    onPortal(running.portal)
    await inParallel(
      signal,
      (either) =>
        showReplay({ options, scenario, folder, screen, running, program, signal: either }),
      (either) => failWhenItEnds(running.portal, folder, either),
    )
  } catch (error) {
    // Whatever an aborted step throws, it ended because it was asked to.
    if (!signal.aborted) throw error
  }
}

/** As many sites as are wanted, at the times to which the folder moved them; a new folder moves them to the present. */
async function chosenScenario(
  { scenario: name, devices }: DemoOptions,
  folder: string,
): Promise<Scenario> {
  const scenario = await readScenario(name)
  const { length } = scenario.sites
  const kept = await keptOutbox(folder, name)
  const wanted = devices ?? kept?.sensors ?? Math.min(USUAL_DEVICES, length)
  // One that came later would tell of times before it was enrolled.
  if (kept !== undefined && kept.sensors !== wanted) {
    throw new UsageError(
      `--devices: expected ${kept.sensors}, with which ${folder} was begun, got ${wanted}: use another --data`,
    )
  }
  if (wanted > length) {
    throw new UsageError(
      `--devices: expected at most ${length}, the sites of ${name}, got ${wanted}`,
    )
  }
  const days = kept?.moved_days ?? daysToPresent(scenario.beginAt, Date.now())
  return movedBy(days, { ...scenario, sites: scenario.sites.slice(0, wanted) })
}

/** The firmware's core as a program of this machine; null where nobody asked for it. */
function firmwareProgram({ firmware }: DemoOptions, say: (line: string) => void): string | null {
  if (firmware === 0) return null
  const missing = missingTools()
  if (missing !== null) throw new UsageError(`--firmware: ${missing}`)
  say('Compiling the firmware for this machine')
  return buildHost('device')
}

/** A portal that ends by itself is a failure; one that is asked to does so after the signal. */
function failWhenItEnds(portal: Portal, folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    void portal.exited.then(({ code, signal: killedBy }) => {
      reject(new Error(`the portal ended with ${killedBy ?? code}, see ${folder}/portal.log`))
    })
  })
}
