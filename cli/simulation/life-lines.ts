import type { Presence } from '../../firmware/host/harness/device.ts'
import type { Watch } from '../../firmware/host/harness/watched-network.ts'
import type { Acceptance } from '../../shared/api/readings.ts'
import type { UnsignedReading } from '../../shared/reading/index.ts'
import type { Terminal } from '../terminal.ts'

/** What came of the readings so far. */
export interface Outcome {
  taken: number
  /** The portal's first refusal. */
  refusal: string | undefined
  /** Why there was no answer, the last time there was none. */
  silence: string | undefined
}

const WORD_COLUMNS = 7

/** Prints a device's life line by line, each with the device's own time, and counts what came of it. */
export function lifeLines(
  terminal: Terminal,
  nowMs: () => number,
): { watch: Watch; outcome: Outcome; senses(isPresent: boolean): void } {
  const outcome: Outcome = { taken: 0, refusal: undefined, silence: undefined }
  const line = (word: string, text: string) => {
    terminal.out({ text: `${moment(nowMs())}  `, style: 'dim' }, word.padEnd(WORD_COLUMNS), text)
  }
  return {
    outcome,
    senses: (isPresent) => {
      line('mains', isPresent ? 'on' : 'off')
    },
    watch: {
      sends: (readings) => {
        for (const reading of readings) line('sends', described(reading))
      },
      answered: ({ seq }, answer) => {
        if (answer.status === 'rejected') outcome.refusal ??= `${answer.code}: ${answer.detail}`
        else outcome.taken += 1
        line('portal', `number ${seq} ${verdict(answer)}`)
      },
      unanswered: (reason) => {
        outcome.silence = reason
        line('portal', `no answer: ${reason}`)
      },
    },
  }
}

const moment = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

const verdict = (answer: Acceptance): string =>
  answer.status === 'rejected'
    ? `refused, ${answer.code}: ${answer.detail}`
    : `${answer.status}, record ${answer.leaf_hash}`

const described = ({ seq, reason, power_status, timestamp, off_since }: UnsignedReading): string =>
  [
    `number ${seq}`,
    `${reason} ${power_status}`,
    `measured ${timestamp}`,
    ...(off_since === undefined ? [] : [`off since ${off_since}`]),
  ].join(', ')

/** The moments at which mains come or go, in order. */
export const edgesOf = (mains: readonly Presence[]): { atMs: number; isPresent: boolean }[] =>
  mains.flatMap(([fromMs, toMs]) => [
    { atMs: fromMs, isPresent: true },
    { atMs: toMs, isPresent: false },
  ])
