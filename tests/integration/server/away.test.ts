import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Readiness } from '../../../server/services/check-readiness.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { startMongo, type Mongo } from '../../../stack/mongodb/index.ts'
import type { Portal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  ADMIN_TOKEN,
  allBatches,
  enrol,
  eventually,
  get,
  postReadings,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openHttpLine, openLine, type Line } from './line.ts'

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal()
})
afterAll(() => test?.stop())

const hashesOf = (answers: unknown): string[] =>
  Array.isArray(answers) ? answers.flatMap(({ leaf_hash }) => leaf_hash ?? []) : []

describe('a store that is away for a while', () => {
  let portal: Portal
  let mongo: Mongo
  const lines: Record<'mongodb' | 'ipfs' | 'ethereum', Line | null> = {
    mongodb: null,
    ipfs: null,
    ethereum: null,
  }
  const device = new TestDevice('patient')
  const line = (name: keyof typeof lines): Line => {
    const opened = lines[name]
    if (!opened) throw new Error(`expected a line to ${name}`)
    return opened
  }
  const dir = () => join(test.dir, 'second-mongodb')
  const socketOf = (uri: string) => ({
    path: decodeURIComponent(/^mongodb:\/\/([^/?]+)/.exec(uri)?.[1] ?? ''),
  })

  beforeAll(async () => {
    mongo = await startMongo({ dir: dir() })
    const database = await openLine(socketOf(mongo.uri))
    const ipfs = await openHttpLine(test.stack.ipfsUrl)
    const chain = await openHttpLine(test.stack.rpcUrl)
    Object.assign(lines, { mongodb: database, ipfs, ethereum: chain })
    portal = await startReadyPortal({
      ...test.env,
      NUXT_MONGODB_URI: `mongodb://127.0.0.1:${database.port}/?directConnection=true`,
      NUXT_IPFS_API_URL: ipfs.url,
      NUXT_ETHEREUM_RPC_URL: chain.url,
    })
    await enrol(portal.url, 'patient', [device])
  })
  afterAll(async () => {
    await portal?.stop()
    await mongo?.stop()
    for (const opened of Object.values(lines)) await opened?.close()
  })

  const readiness = async () => (await get<Readiness>(portal.url, '/ready')).body

  const everythingAnchored = (accepted: string[]) =>
    eventually('everything anchored', async () => {
      const states = await Promise.all(
        accepted.map(async (leaf) => {
          const { body } = await get<{ state: string }>(portal.url, `/api/v1/records/${leaf}`)
          return body.state
        }),
      )
      return states.every((state) => /anchored|final/.test(state))
    })

  it.each(['ipfs', 'ethereum'] as const)(
    '%s: ingest goes on, readiness says it, and the ledger catches up',
    async (name) => {
      line(name).cut()
      const { status, body } = await postReadings(portal.url, [device.read(), device.read()])
      expect(status).toBe(201)
      await eventually('a failure', async () => {
        const { dependencies, ready } = await readiness()
        return ready && !dependencies[name].ok
      })
      await eventually('a batch held up', async () =>
        (await allBatches(portal.url)).some(
          ({ state }) => state === (name === 'ipfs' ? 'sealed' : 'published'),
        ),
      )
      line(name).mend()
      await everythingAnchored(hashesOf(body))
      expect((await readiness()).dependencies[name].ok).toBe(true)
    },
  )

  it('MongoDB: readings are answered 503 with Retry-After, and accepted once it is back', async () => {
    const before = await postReadings(portal.url, [device.read()])
    await mongo.stop()
    const reading = device.read()
    const away = await postReadings(portal.url, reading)
    expect(away.status).toBe(503)
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(away.headers.get('content-type')).toBe('application/problem+json')
    expect(away.body).toMatchObject({ code: 'store_unavailable' } satisfies Partial<Problem>)
    const unready = await get<Readiness>(portal.url, '/ready')
    expect([unready.status, unready.body.ready]).toEqual([503, false])
    expect((await get(portal.url, '/health')).status).toBe(200)
    // What watches the portal hears of it, and still hears what the process counts.
    const scrape = await fetch(`${portal.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    const scraped = await scrape.text()
    expect(scrape.status).toBe(200)
    expect(scraped).toMatch(/^gridwitness_mongodb_up 0$/m)
    expect(scraped).toMatch(/^gridwitness_devices nan$/im)
    expect(scraped).not.toMatch(/^gridwitness_batches\{/m)
    expect(scraped).toMatch(/^gridwitness_readings_total\{outcome="accepted"\} [1-9]/m)

    mongo = await startMongo({ dir: dir() })
    line('mongodb').redirect(socketOf(mongo.uri))
    // A try that was cut short may have stored it: then it is a duplicate, and has its receipt all the same.
    const back = await eventually('the reading accepted', async () => {
      const answer = await postReadings(portal.url, [reading])
      return [200, 201].includes(answer.status) && answer
    })
    expect((await readiness()).ready).toBe(true)
    await everythingAnchored([...hashesOf(before.body), ...hashesOf(back.body)])
  })
})
