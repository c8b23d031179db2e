import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** What the core takes on the chip, within the budgets of firmware/host/sizes.sh; only where a cross compiler is installed. */

const SCRIPT = fileURLToPath(new URL('../../firmware/host/sizes.sh', import.meta.url))
const OUT = fileURLToPath(new URL('../../.data/firmware/sizes', import.meta.url))

const measured = spawnSync('sh', [SCRIPT, OUT], { encoding: 'utf8' })
const lineOf = (target: string) =>
  measured.stdout.split('\n').find((line) => line.startsWith(`${target} `)) ?? ''

describe('the core on the chip', () => {
  test.for(['riscv32', 'xtensa'])('fits its budgets on %s', (target, { skip }) => {
    const line = lineOf(target)
    if (line.includes('skipped')) skip(line)
    expect(measured.stderr).toBe('')
    expect(line).toMatch(/ text \d+ ram \d+$/)
  })
})
