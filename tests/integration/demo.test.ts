import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { deviceSchema } from '../../shared/api/devices.ts'
import { batchesSchema } from '../../shared/api/ledger.ts'
import { outagesSchema } from '../../shared/api/outages.ts'
import { storedReadingsSchema } from '../../shared/api/readings.ts'
import { measurementsOf } from '../../stack/demo/measurement.ts'
import { daysToPresent, movedBy } from '../../stack/demo/moved-scenario.ts'
import { keepOutbox, readOutbox } from '../../stack/demo/outbox.ts'
import { readScenario } from '../../stack/demo/scenarios.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SENSORS = 12
/** All of it lies in the past, so that it comes to its end. */
const DAYS_EARLIER = 2
/** Two days in 22 s: long enough to be stopped half way. */
const SPEED = 8000
const DEMO = ['stack/demo/main.ts', '--devices', SENSORS, '--speed', SPEED, '--batch-seconds', 2]
/** A build of the portal may be due first. */
const START_LIMIT_MS = 240_000
const STEP_LIMIT_MS = 60_000

interface Session {
  child: ChildProcess
  /** Resolves with what a line of the output matches, now or later; rejects when the demo ends before. */
  sees(pattern: RegExp): Promise<RegExpExecArray>
  /** Everything printed so far. */
  output(): string
  ended: Promise<number | null>
}

function startDemo(data: string, ...more: string[]): Session {
  const parameters = [...DEMO.map(String), '--data', data, ...more]
  const child = spawn(process.execPath, parameters, { cwd: ROOT })
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const look of waiting) look()
    })
  }
  const ended = once(child, 'close').then(() => child.exitCode)
  const sees = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(output)
        if (match === null) return
        waiting.delete(look)
        resolve(match)
      }
      waiting.add(look)
      look()
      void ended.then(() =>
        reject(new Error(`the demo ended without ${String(pattern)}:\n${output}`)),
      )
    })
  return { child, sees, output: () => output, ended }
}

/** Processes whose ancestor is `pid`, from /proc. */
async function descendants(pid: number): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = await Promise.all(
    names.map(async (name) => {
      const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
      return { pid: Number(name), parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) }
    }),
  )
  const below = (ancestor: number): number[] =>
    parents
      .filter(({ parent }) => parent === ancestor)
      .flatMap((one) => [one.pid, ...below(one.pid)])
  return below(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const pidOf = ({ child }: Session): number => {
  if (child.pid === undefined) throw new Error('demo: expected a process id')
  return child.pid
}

const COMMAND = /npm run --silent gridwitness -- (verify .+)/

/** Runs the printed command as npm would: same arguments, same folder. */
async function runCommand(match: RegExpExecArray): Promise<{ code: number; output: string }> {
  const parameters = z.string().parse(match[1]).split(' ')
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['cli/main.ts', ...parameters], {
      cwd: ROOT,
    })
    return { code: 0, output: stdout }
  } catch (error) {
    const failed = z
      .object({ code: z.number(), stdout: z.string(), stderr: z.string() })
      .parse(error)
    return { code: failed.code, output: failed.stdout + failed.stderr }
  }
}

const json = async (url: string): Promise<unknown> => (await fetch(url)).json()

async function highestBlock(url: string): Promise<number> {
  const { items } = batchesSchema.parse(await json(`${url}/api/v1/batches?limit=500`))
  return Math.max(...items.map(({ anchor }) => anchor?.block_number ?? 0))
}

async function movedScenario() {
  const whole = await readScenario('helene')
  const days = daysToPresent(whole.beginAt, Date.now()) - DAYS_EARLIER
  return movedBy(days, { ...whole, sites: whole.sites.slice(0, SENSORS) })
}

const portalUrl = (session: Session): Promise<string> =>
  session.sees(/portal is at (http:\S+)/).then(([, url]) => z.string().parse(url))

describe(
  'the demo, started, checked, stopped and started again',
  { timeout: STEP_LIMIT_MS },
  () => {
    let data: string
    let session: Session
    let scenario: Awaited<ReturnType<typeof movedScenario>>
    let lastBlock = 0

    beforeAll(async () => {
      data = await mkdtemp(join(tmpdir(), 'gridwitness-demo-'))
      scenario = await movedScenario()
      await keepOutbox(data, await readOutbox(data, scenario))
      session = startDemo(data)
      await session.sees(/portal is at http/)
    }, START_LIMIT_MS)

    afterAll(async () => {
      session.child.kill('SIGTERM')
      await session.ended
      await rm(data, { recursive: true, force: true })
    }, STEP_LIMIT_MS)

    test('prints a command that proves a reading', async () => {
      const { code, output } = await runCommand(await session.sees(COMMAND))
      expect(output).toMatch(/OFF/)
      expect(code).toBe(0)
    })

    test('a tampered proof is disproved by the same command', async () => {
      const match = await session.sees(COMMAND)
      const file = z.string().parse(match[1]?.split(' ')[1])
      expect(file).toMatch(/example\.gwproof\.json$/)
      const path = join(ROOT, file)
      const bundle = await readFile(path, 'utf8')
      await writeFile(path, bundle.replace('"OFF"', '"ON"'))
      const { code } = await runCommand(match)
      await writeFile(path, bundle)
      expect(code).toBe(1)
    })

    test('refuses a second demo in the same folder, naming the first', async () => {
      const second = startDemo(data)
      expect(await second.ended).toBe(1)
      expect(second.output()).toContain(`process ${pidOf(session)} is running the demo in it`)
    })

    test('Ctrl-C in the middle ends it with everything it started', async () => {
      lastBlock = await highestBlock(await portalUrl(session))
      expect(lastBlock).toBeGreaterThan(0)
      const started = await descendants(pidOf(session))
      expect(started.length).toBeGreaterThan(2)
      session.child.kill('SIGINT')
      expect(await session.ended).toBe(0)
      expect(session.output()).not.toContain('The replay is over')
      // What watches over the others is the last to go, a moment after them.
      await expect.poll(() => started.filter(isAlive), { timeout: 10_000 }).toEqual([])
    })

    test('refuses another number of sensors than the folder was begun with', async () => {
      const other = startDemo(data, '--devices', String(SENSORS + 1))
      expect(await other.ended).toBe(2)
      expect(other.output()).toContain(`--devices: expected ${SENSORS}`)
    })

    test('the next start continues with the same sensors and the same chain until all is said', async () => {
      session = startDemo(data)
      await session.sees(new RegExp(`${SENSORS} simulated sensors in \\d+ areas, 0 of them new`))
      await session.sees(/Continuing after [1-9][\d,]* readings/)
      await session.sees(/The replay is over/)
      const [, sent] =
        /([\d,]+) readings · batches [^\n]*\nThe replay is over/.exec(session.output()) ?? []
      expect(Number(sent?.replaceAll(',', ''))).toBe(
        scenario.sites.flatMap((site) => [...measurementsOf(site, scenario)]).length,
      )
      expect(session.output()).not.toMatch(/refused/i)
      expect(await highestBlock(await portalUrl(session))).toBeGreaterThan(lastBlock)
      const { code } = await runCommand(await session.sees(COMMAND))
      expect(code).toBe(0)
      expect(session.output().match(/Anchored/g)).toHaveLength(1)
    })

    test('outages began and ended when they did, so many days later, and none began with the enrolment', async () => {
      const url = await portalUrl(session)
      const { beginAt, endAt } = scenario
      const expected = scenario.sites.flatMap(({ interruptions }) =>
        interruptions
          .filter((one) => one.endAt > beginAt && one.endAt < endAt)
          .map((one) => `${Math.max(one.startAt, beginAt)} ${one.endAt}`),
      )
      expect(expected.length).toBeGreaterThan(3)
      const restored = async (): Promise<string[]> => {
        const answer = await json(`${url}/api/v1/outages?status=restored&limit=100`)
        return outagesSchema
          .parse(answer)
          .items.map((one) => `${Date.parse(one.started_at)} ${Date.parse(one.ended_at ?? '')}`)
          .toSorted()
      }
      await expect.poll(restored, { timeout: 20_000 }).toEqual(expected.toSorted())
    })

    test('the printed command makes an account of an official', async () => {
      const [, command] = await session.sees(/gridwitness -- (admin create .+)/)
      const parameters = z.string().parse(command).split(' ')
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['cli/main.ts', ...parameters],
        { cwd: ROOT },
      )
      expect(stdout).toContain(`${await portalUrl(session)}/invitation/`)
    })

    test('no sensor used a number twice, and none has a gap', async () => {
      const url = await portalUrl(session)
      for (const { deviceId } of scenario.sites) {
        const device = deviceSchema.parse(await json(`${url}/api/v1/devices/${deviceId}`))
        expect(device.equivocations).toEqual([])
        const page = `${url}/api/v1/readings?device_id=${deviceId}&limit=500`
        const { items } = storedReadingsSchema.parse(await json(page))
        expect(items).toHaveLength(device.last_reading?.seq ?? NaN)
        expect(items.filter(({ chain }) => chain !== 'ok')).toEqual([])
      }
    })
  },
)
