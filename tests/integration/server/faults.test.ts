import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Portal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  allBatches,
  enrol,
  eventually,
  postReadings,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'
import { seeded } from '../../seeded.ts'
import { leavesOnChain } from './leaves-on-chain.ts'

/** Lives that end by SIGKILL: ten in every run of the tests; docs/life-of-a-record.md says how to ask for more, and by another seed. */
const KILLS = Number(process.env['GRIDWITNESS_TEST_KILLS'] ?? 10)
const SEED = Number(process.env['GRIDWITNESS_TEST_SEED'] ?? 20_240_927)
const MS_A_LIFE = 12_000

let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>
beforeAll(async () => {
  test = await startTestPortal({ NUXT_LEASE_SECONDS: '1' })
  stored = await openModels(test.stack)
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

const hashesOf = (answers: unknown): string[] =>
  Array.isArray(answers) ? answers.flatMap(({ leaf_hash }) => leaf_hash ?? []) : []

/** Waits until everything in the area is anchored. */
const allAnchored = (url: string, areaId: string) =>
  eventually('everything anchored', async () => {
    const waiting = await stored.models.records.countDocuments({
      area_id: areaId,
      batch_number: null,
    })
    const batches = (await allBatches(url)).filter(({ area_id }) => area_id === areaId)
    return waiting === 0 && batches.every(({ state }) => /anchored|final/.test(state))
  })

async function expectEachOnce(url: string, areaId: string, accepted: string[]): Promise<void> {
  await allAnchored(url, areaId)
  const leaves = await leavesOnChain(test.stack, url, areaId)
  expect(new Set(leaves).size).toBe(leaves.length)
  expect(accepted.filter((leaf) => !leaves.includes(leaf))).toEqual([])
}

describe('a portal killed between any two steps of the ledger', () => {
  it(
    'loses nothing it accepted and anchors nothing twice',
    async () => {
      const device = new TestDevice('killed')
      await enrol(test.url, 'killed', [device])
      const random = seeded(SEED)
      const accepted: string[] = []
      let portal: Portal = test.portal
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { body } = await postReadings(portal.url, [device.read(), device.read()])
        accepted.push(...hashesOf(body))
        // Each life ends within the next few writes of the ledger, so that over ten of them every step is cut.
        await untilProgress(1 + Math.floor(random() * 3))
        // What is under way in this instant may be accepted or not; if it is answered, it is.
        const last = postReadings(portal.url, [device.read()])
          .then((answer) => accepted.push(...hashesOf(answer.body)))
          .catch(() => undefined)
        portal.kill('SIGKILL')
        await Promise.all([last, portal.exited])
        portal = await startReadyPortal(test.env)
      }
      await expectEachOnce(portal.url, 'killed', accepted)
      expect(accepted.length).toBeGreaterThanOrEqual(2 * KILLS)
      test.portal = portal
      test.url = portal.url
    },
    KILLS * MS_A_LIFE,
  )
})

const LONGEST_STEP_MS = 20_000

/** Resolves the moment the ledger has written so many times: asks without a pause, as its steps follow fast. */
async function untilProgress(writes: number): Promise<void> {
  const progress = async () => {
    const rows = await stored.models.batches.find({}, { state: 1, is_marked: 1 }).lean()
    const sent = await stored.models.anchorTransactions.countDocuments()
    return JSON.stringify([rows, sent])
  }
  const deadline = Date.now() + LONGEST_STEP_MS
  let last = await progress()
  for (let seen = 0; seen < writes;) {
    const now = await progress()
    if (now !== last) seen += 1
    last = now
    if (Date.now() > deadline)
      throw new Error(`expected ${writes} writes of the ledger, saw ${seen}`)
  }
}

describe('two portals on one database', () => {
  it('anchor everything once, and the second goes on when the first is killed', async () => {
    const device = new TestDevice('raced')
    const second = await startReadyPortal(test.env)
    await enrol(second.url, 'raced', [device])
    const accepted: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const reading = device.read()
      const answers = await Promise.all(
        [test.url, second.url].map((url) => postReadings(url, [reading, device.read()])),
      )
      for (const { body } of answers) accepted.push(...hashesOf(body))
    }
    await allAnchored(second.url, 'raced')
    const holder = await stored.models.leases.findById('ledger').lean()
    expect(holder).not.toBeNull()
    test.portal.kill('SIGKILL')
    await test.portal.exited
    const { body } = await postReadings(second.url, [device.read()])
    accepted.push(...hashesOf(body))
    await expectEachOnce(second.url, 'raced', accepted)
    expect(new Set(accepted).size).toBe(5 * 3 + 1)
    test.portal = second
    test.url = second.url
  })
})
