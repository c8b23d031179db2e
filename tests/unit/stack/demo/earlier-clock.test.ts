import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const CLOCK = new URL('../../../../stack/demo/earlier-clock.ts', import.meta.url)
const HOUR_MS = 3_600_000

const run = async (code: string, behindMs: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', CLOCK.href, '--eval', code],
    { env: { GRIDWITNESS_CLOCK_BEHIND_MS: behindMs } },
  )
  return stdout
}

test('a process that preloads it asks an earlier clock, and dates stay dates', async () => {
  const seen: unknown = JSON.parse(
    await run(
      `const now = new Date()
       console.log(JSON.stringify({
         ways: [now.getTime(), Date.now(), Date.parse(Date())],
         given: [new Date(5).getTime(), new Date('2024-09-27T00:00:00Z').toISOString()],
         isDate: now instanceof Date && now.constructor === Date && structuredClone(now) instanceof Date,
       }))`,
      String(48 * HOUR_MS),
    ),
  )
  const earlier: unknown = expect.closeTo((Date.now() - 48 * HOUR_MS) / 60_000, 0)
  const { ways } = seen as { ways: number[] }
  expect(ways.map((ms) => ms / 60_000)).toEqual([earlier, earlier, earlier])
  expect(seen).toMatchObject({ given: [5, '2024-09-27T00:00:00.000Z'], isDate: true })
})

test('what is no duration is refused', async () => {
  await expect(run('', '1.5')).rejects.toThrow('expected whole milliseconds')
})
