import type { FleetState } from './firmware/fleet.ts'
import type { LedgerCounts } from './ledger-counts.ts'
import type { ReplayState } from './replay.ts'

const TTY_INTERVAL_MS = 250
const LINE_INTERVAL_MS = 5000
const CLEAR_LINE = '\r\x1b[2K'

/** What the progress line needs of a terminal or a pipe. */
export type Screen = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>

/** A whole number as people read it: 1,234. */
export const grouped = (value: number): string => value.toLocaleString('en-US')

/** A moment in simulated time: `2024-09-27 17:45 UTC`. */
export const minuteOf = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** One line on where the replay is, the ledger once it is known, and the devices with real firmware where there are any. */
export function progressText(
  replay: ReplayState,
  ledger: LedgerCounts | null,
  fleet?: FleetState,
): string {
  return [
    minuteOf(replay.clockAt),
    `${grouped(replay.sensorsOff)} off, ${grouped(replay.sensorsOn)} on`,
    `${grouped(replay.customersOff)} customers without power`,
    `${grouped(replay.sent)} readings`,
    ...(replay.refused > 0 ? [`${grouped(replay.refused)} refused`] : []),
    ...(fleet === undefined
      ? []
      : [`firmware ${fleet.off} off, ${fleet.on} on, ${grouped(fleet.taken)} readings`]),
    ...(ledger === null
      ? []
      : [`batches ${grouped(ledger.sealed)} sealed, ${grouped(ledger.anchored)} anchored`]),
  ].join(' · ')
}

/**
 * Shows a line that changes: in place on a terminal, elsewhere every few seconds anew where it has changed. `say` prints a line that stays,
 * above it.
 */
export function progressLine(
  screen: Screen,
  text: () => string,
): { start(): void; stop(): void; say(line: string): void } {
  let timer: NodeJS.Timeout | undefined
  let shown = false
  let last = ''
  const clear = (): void => {
    if (shown) screen.write(CLEAR_LINE)
    shown = false
  }
  const draw = (): void => {
    if (screen.isTTY) {
      screen.write(`${CLEAR_LINE}${text().slice(0, Math.max(1, screen.columns - 1))}`)
      shown = true
      return
    }
    const now = text()
    if (now !== last) screen.write(`${now}\n`)
    last = now
  }
  return {
    start() {
      draw()
      timer = setInterval(draw, screen.isTTY ? TTY_INTERVAL_MS : LINE_INTERVAL_MS)
    },
    /** Leaves the last state of the line standing. */
    stop() {
      if (timer === undefined) return
      clearInterval(timer)
      timer = undefined
      draw()
      if (shown) screen.write('\n')
      shown = false
    },
    say(line) {
      clear()
      screen.write(`${line}\n`)
    },
  }
}
