import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemSchema } from '../../../shared/api/problem.ts'
import { TestDevice } from '../../device.ts'
import { enrol, postReadings, startTestPortal, type TestPortal } from '../../portal.ts'

const API = '/api/v1'
const device = new TestDevice('asked in many ways')
const ID = device.facts.device_id

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal({ NUXT_PUBLIC_CONTACT: 'grid@example.org' })
  await enrol(test.url, 'doors', [device])
  await postReadings(test.url, [device.read(), device.read()])
})
afterAll(() => test?.stop())

const ask = (path: string, init?: RequestInit) => fetch(`${test.url}${path}`, init)

/** Status line and headers as they come: `fetch` mends paths and hides what a HEAD says. */
const raw = (method: string, path: string) =>
  new Promise<{ status: number; phrase: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(test.url)
      request({ hostname, port, method, path }, (answer) => {
        answer.destroy()
        const { statusCode: status = 0, statusMessage: phrase = '', headers } = answer
        resolve({ status, phrase, headers })
      })
        .on('error', reject)
        .end()
    },
  )

async function refused(path: string, init?: RequestInit) {
  const answer = await ask(path, init)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return { ...problemSchema.parse(await answer.json()), headers: answer.headers }
}

describe('an address asked by a method it does not take', () => {
  it.each([
    ['DELETE', `${API}/outages`, 'GET, HEAD, OPTIONS'],
    ['GET', `${API}/complaints/c-abcdefgh234567ab/join`, 'POST, OPTIONS'],
    ['PUT', `${API}/readings`, 'GET, POST, HEAD, OPTIONS'],
    ['POST', `${API}/complaints/rules`, 'GET, HEAD, OPTIONS'],
    ['POST', '/outages.csv', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/areas/doors/outages.atom', 'GET, HEAD, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405 and says %s', async (method, path, allowed) => {
    const { status, code, headers } = await refused(path, { method })
    expect([status, code, headers.get('allow')]).toEqual([405, 'method_not_allowed', allowed])
  })

  it.each([`${API}/outages`, '/outages.csv', `${API}/events`, '/ready', '/robots.txt'])(
    'HEAD %s answers like GET',
    async (path) => {
      const [head, get] = await Promise.all([raw('HEAD', path), raw('GET', path)])
      expect([head.status, head.headers['content-type']]).toEqual([
        200,
        get.headers['content-type'],
      ])
    },
  )

  it('OPTIONS says what it takes, and to other origins what they may send', async () => {
    const { status, headers } = await ask(`${API}/complaints`, { method: 'OPTIONS' })
    expect([status, headers.get('content-type')]).toEqual([204, null])
    expect(headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, HEAD, OPTIONS')
    expect(headers.get('access-control-allow-headers')).toContain('authorization')
    const own = await ask(`${API}/push/subscriptions/${'0'.repeat(64)}`, { method: 'OPTIONS' })
    expect(own.headers.get('allow')).toBe('DELETE, OPTIONS')
    expect(own.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('an address that is none', () => {
  it.each(['/api', '/api/', '/api/v1', '/api/v2/outages', `${API}/nothing`, '//api/v1/outages'])(
    '%s of the API is a problem document',
    async (path) => {
      const { status, phrase, headers } = await raw('GET', path)
      expect([status, phrase, headers['content-type']]).toEqual([
        404,
        'Not Found',
        'application/problem+json',
      ])
    },
  )

  it('of a page does not come back in the reason phrase', async () => {
    expect(await raw('GET', '/no-such-page')).toMatchObject({ status: 404, phrase: 'Not Found' })
  })
})

describe('what a reader has already', () => {
  it.each([
    ['its tag', (tag: string) => tag],
    ['its tag among others', (tag: string) => `"other", ${tag}`],
    ['its tag as a strong one', (tag: string) => tag.replace('W/', '')],
    ['anything', () => '*'],
  ])('is not told again to who names %s', async (_, named) => {
    const path = `${API}/devices/${ID}`
    const etag = (await ask(path)).headers.get('etag') ?? ''
    const again = await ask(path, { headers: { 'if-none-match': named(etag) } })
    expect([etag.length > 0, again.status]).toEqual([true, 304])
  })

  it('is known by its CID, without a look into any store', async () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const headers = { 'if-none-match': `"${cid}.file"` }
    expect((await ask(`/ipfs/${cid}`, { headers })).status).toBe(304)
    expect((await ask(`/ipfs/${cid}?format=car`, { headers })).status).not.toBe(304)
  })

  it('is told again to who names other tags', async () => {
    const headers = { 'if-none-match': 'W/"other", "another"' }
    expect((await ask(`${API}/ledger`, { headers })).status).toBe(200)
  })
})

describe('a question', () => {
  it('may be asked in any zone, in small letters, with ids in either case', async () => {
    const period = 'from=2020-01-01t00:00:00z&to=2999-01-01T00:00:00%2B05:30'
    for (const zone of [period, period.replace('%2B', '+')]) {
      const path = `${API}/readings?device_id=${ID.toLowerCase()}&${zone}`
      const { items } = await (await ask(path)).json()
      expect(items).toHaveLength(2)
    }
    expect((await ask(`${API}/devices/${ID.toLowerCase()}`)).status).toBe(200)
  })

  it.each([
    [`${API}/readings?from=yesterday`, 'from', 'expected a time like 2026-11-21T05:30:00Z'],
    [`${API}/readings?from=2026-02-30T00:00:00Z`, 'from', 'expected a time like'],
    [`${API}/readings?from=2026-11-21T05:30:00`, 'from', 'expected a time like'],
    [`${API}/map?zoom=23`, 'zoom', 'expected at most 22, got "23"'],
    [`${API}/outages?colour=red`, 'colour', 'expected a known member, got "colour"'],
    [`${API}/outages/nonsense`, 'outageId', 'expected an outage id like'],
    [`${API}/outages?status=over`, 'status', 'expected one of "ongoing", "restored", got "over"'],
    [`${API}/readings?seq=1`, 'device_id', 'expected a device where `seq` is asked for'],
    [
      `${API}/outages?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z`,
      'to',
      'expected a moment after `from`',
    ],
    [`${API}/outages?bbox=181,0,182,1`, 'bbox', 'expected longitudes from −180 to 180'],
    [`${API}/complaints?bbox=0,-91,1,0`, 'bbox', 'expected longitudes from −180 to 180'],
  ])('%s is refused for its %s', async (path, member, words) => {
    const { status, errors } = await refused(path)
    expect([status, errors?.[0]?.path]).toEqual([400, member])
    expect(errors?.[0]?.message).toContain(words)
  })

  it('may be about a box across the antimeridian', async () => {
    for (const list of ['outages', 'complaints', 'map'])
      expect((await ask(`${API}/${list}?bbox=170,-20,-170,20`)).status, list).toBe(200)
    const { features } = await (await ask(`${API}/map?bbox=179,-90,178,90`)).json()
    expect(features).toHaveLength(1)
  })

  it('may have coordinates as fine as they come', async () => {
    const path = `${API}/complaints/nearby?latitude=25.594123456789&longitude=85.137654321`
    expect((await ask(path)).status).toBe(200)
  })

  it('about the events of an area that is none is 404', async () => {
    expect(await refused(`${API}/events?area_id=nowhere`)).toMatchObject({ status: 404 })
  })

  it('goes on by a link, in its own list alone', async () => {
    const first = await ask(`${API}/readings?device_id=${ID}&limit=1`)
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? []
    const second = await ask(next ?? '')
    expect((await second.json()).items).toHaveLength(1)
    expect(second.headers.get('link')).toBeNull()
    const cursor = new URLSearchParams(next?.split('?')[1]).get('cursor') ?? ''
    const other = await refused(`${API}/complaints?${new URLSearchParams({ cursor }).toString()}`)
    expect([other.status, other.detail]).toEqual([400, expect.stringContaining('this list')])
  })

  it('is answered by the map as GeoJSON', async () => {
    const { headers } = await ask(`${API}/map`)
    expect(headers.get('content-type')).toBe('application/geo+json')
  })
})

describe('a refusal', () => {
  it('of a compressed body says that none is taken', async () => {
    const { status, headers } = await refused(`${API}/readings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: '[]',
    })
    expect([status, headers.get('accept-encoding')]).toEqual([415, 'identity'])
  })

  it.each(['/outages.csv?area_id=nowhere', '/areas/nowhere/outages.atom', '/outages.geojson?a=b'])(
    'of the feed %s is no file, and open to any origin',
    async (path) => {
      const { headers } = await refused(path)
      expect(headers.get('content-disposition')).toBeNull()
      expect(headers.get('link')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBe('*')
    },
  )
})

describe('what names the portal itself', () => {
  it.each([`${API}/ledger`, '/areas/doors/outages.atom', '/open311/v2/discovery.json'])(
    '%s is kept by no shared cache where the asker names it',
    async (path) => {
      expect((await ask(path)).headers.get('cache-control')).toBe('private, no-cache')
    },
  )

  it('says to crawlers what is nobody else’s, and to finders whom to tell', async () => {
    expect(await (await ask('/robots.txt')).text()).toContain('Disallow: /hi/admin\n')
    const text = await (await ask('/.well-known/security.txt')).text()
    expect(text).toMatch(
      /^Contact: mailto:grid@example\.org\nExpires: 20\d\d-\d\d-\d\dT00:00:00Z\n/,
    )
  })
})
