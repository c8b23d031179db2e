import { z } from 'zod'
import { MAINS_SCENARIOS, type MainsScenario } from '../../firmware/host/harness/mains.ts'
import { CliError } from '../cli-error.ts'
import { numberOption, type Options } from '../options.ts'

/** The mains are planned no further. */
const LONGEST_MINUTES = 7 * 24 * 60
/** Long enough to boot, to attach and to be answered. */
const ONCE_MINUTES = 5
const ONCE_SPEED = 60

const minutesOption = numberOption(
  z.number().positive('expected more than 0').max(LONGEST_MINUTES, `expected at most a week`),
)
const speedOption = numberOption(z.number().min(1, 'expected 1 or more'))
const scenarioOption = z.enum(MAINS_SCENARIOS, `expected one of ${MAINS_SCENARIOS.join(', ')}`)

export const LIFE_OPTIONS = ['scenario', 'for', 'speed'] as const

/** What a simulated device is to live through. */
export interface Life {
  scenario: MainsScenario
  minutes: number
  speed: number
  /** It ends with the first answer. */
  isOnce: boolean
}

/** The life that stands in the options. Throws `usage` for what does not go together. */
export function lifeFrom<Text extends string, Flag extends string>(
  options: Options<Text | (typeof LIFE_OPTIONS)[number], Flag | 'once'>,
): Life {
  const isOnce = options.has('once')
  const minutes = options.value('for', minutesOption)
  const speed = options.value('speed', speedOption)
  if (isOnce && (minutes ?? speed) !== undefined)
    throw new CliError('usage', '--once: expected neither --for nor --speed beside it, got both')
  if (speed !== undefined && minutes === undefined)
    throw new CliError('usage', '--for: expected a value beside --speed, got none')
  return {
    scenario: options.value('scenario', scenarioOption) ?? 'steady',
    minutes: minutes ?? (isOnce ? ONCE_MINUTES : LONGEST_MINUTES),
    speed: speed ?? (isOnce ? ONCE_SPEED : 1),
    isOnce,
  }
}
