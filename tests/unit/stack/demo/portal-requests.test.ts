import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { TryLater, untilDone } from '../../../../stack/demo/patience.ts'
import { portalRequests } from '../../../../stack/demo/portal-requests.ts'

const TOKEN = 't'.repeat(32)
const { signal } = new AbortController()
let server: Server | undefined
afterEach(() => server?.close())

interface Reply {
  status: number
  body?: unknown
  retryAfter?: string
}

/** A portal that gives these answers one after the other, and what it was asked. */
async function portalAnswering(...replies: Reply[]) {
  const asked: { request: IncomingMessage; body: string }[] = []
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ request, body })
      const { status, body: answer, retryAfter } = replies[asked.length - 1] ?? { status: 404 }
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
      response.writeHead(status).end(JSON.stringify(answer))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { asked, portal: portalRequests(`http://127.0.0.1:${port}`, TOKEN, signal) }
}

const refused = { status: 'rejected' as const, code: 'unknown_device' as const, detail: 'who?' }
const area = { name: 'A', kind: 'county', parent_id: null, geometry: null }

describe('requests to the portal', () => {
  test('an area is put with the token of the administrator', async () => {
    const { portal, asked } = await portalAnswering({ status: 200, body: {} })
    await portal.putArea('us-ky', area)
    expect(asked[0]?.request).toMatchObject({ method: 'PUT', url: '/api/v1/admin/areas/us-ky' })
    expect(asked[0]?.request.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(area)
  })

  test('readings are posted without it, as any device would', async () => {
    const { portal, asked } = await portalAnswering({ status: 207, body: [] })
    await portal.postReadings([])
    expect(asked[0]?.request.headers.authorization).toBeUndefined()
  })

  test.each([
    ['503', { status: 503, retryAfter: '7' }, 7000],
    ['429', { status: 429, retryAfter: '2' }, 2000],
    ['500 without a time', { status: 500 }, undefined],
  ])('%s is worth another try, when the portal says', async (_, reply, afterMs) => {
    const { portal } = await portalAnswering(reply)
    const error = await portal.postReadings([]).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TryLater)
    expect(error).toMatchObject({ afterMs })
  })

  test('so is a portal that is not there', async () => {
    const { portal } = await portalAnswering()
    server?.close()
    await expect(portal.batches(null)).rejects.toThrow(TryLater)
  })

  test('a refused request is an error with the words of the portal', async () => {
    const { portal } = await portalAnswering({ status: 401, body: { detail: 'no such token' } })
    await expect(portal.putArea('us-ky', area)).rejects.toThrow(
      /area us-ky: the portal refused: status 401 .*no such token/,
    )
  })

  test('an answer for another number of readings is an error', async () => {
    const { portal } = await portalAnswering({ status: 207, body: [refused] })
    await expect(portal.postReadings([])).rejects.toThrow('expected 0 answers')
  })

  test('a proof that is not there yet is none, and one that is comes as it was written', async () => {
    const { portal } = await portalAnswering(
      { status: 409, body: {} },
      { status: 200, body: { v: 1 } },
    )
    expect(await portal.proof('a')).toBeNull()
    expect(await portal.proof('a')).toBe('{"v":1}')
  })
})

describe('patience', () => {
  test('repeats until it is done, telling why it waits and how long', async () => {
    const waits: number[] = []
    let left = 3
    const attempt = () =>
      left-- > 0 ? Promise.reject(new TryLater('away', 1)) : Promise.resolve('done')
    const onWait = (_: string, waitMs: number) => void waits.push(waitMs)
    expect(await untilDone(attempt, { signal, onWait })).toBe('done')
    expect(waits).toEqual([1, 1, 1])
  })

  test('does not repeat what failed for another reason', async () => {
    let attempts = 0
    const attempt = () => {
      attempts += 1
      return Promise.reject(new Error('broken'))
    }
    await expect(untilDone(attempt, { signal })).rejects.toThrow('broken')
    expect(attempts).toBe(1)
  })

  test('ends when it is told to', async () => {
    const stop = new AbortController()
    const attempt = () => Promise.reject(new TryLater('away', 60_000))
    const onWait = () => stop.abort()
    await expect(untilDone(attempt, { signal: stop.signal, onWait })).rejects.toThrow('abort')
  })
})
