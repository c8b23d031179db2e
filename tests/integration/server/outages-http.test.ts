import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { interruptionRow } from '../../../server/services/outage/outage-rows.ts'
import { outagesSchema } from '../../../shared/api/outages.ts'
import { TestDevice } from '../../device.ts'
import { enrol, get, startTestPortal, type TestPortal } from '../../portal.ts'
import { openModels } from './deps.ts'

const LICENCE = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
const device = new TestDevice('told over HTTP', { customers_served: 5000 })
const id = `doors.20260101T000000Z.${device.facts.device_id}`

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal()
  await enrol(test.url, 'doors', [device])
  const { models, close } = await openModels(test.stack)
  const started = new Date('2026-01-01T00:00:00Z')
  const ended = new Date('2026-01-01T01:00:00Z')
  await models.outages.create({
    _id: id,
    area_id: 'doors',
    started_at: started,
    last_start_at: started,
    ended_at: ended,
    local: false,
    devices: 1,
    customers_affected: 5000,
    open: 0,
    digest: '0'.repeat(64),
    changed_at: new Date(),
  })
  const [offAt, endedAt] = [started.getTime(), ended.getTime()]
  await models.deviceBreaks.create(
    interruptionRow({
      ...{ deviceId: device.facts.device_id, areaId: 'doors', stage: 'transformer' },
      ...{ customersServed: 5000, place: null, firstSeq: 1, lastSeq: 2 },
      ...{ offAt, countedAt: offAt, endedAt },
    }),
  )
  await close()
})
afterAll(() => test?.stop())

const API = '/api/v1'

describe('outages over HTTP', () => {
  it('are answered to any origin, with a tag that saves the next answer', async () => {
    const { status, headers, body } = await get(test.url, `${API}/outages?area_id=doors`)
    expect(status).toBe(200)
    expect(outagesSchema.parse(body).items).toMatchObject([{ outage_id: id }])
    expect(headers.get('access-control-allow-origin')).toBe('*')
    const again = await fetch(`${test.url}${API}/outages?area_id=doors`, {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })

  it.each([
    [`${API}/outages/${id}`, 200],
    [`${API}/outages/${id}/evidence`, 200],
    [`${API}/areas/doors/outages?status=restored`, 200],
    [`${API}/devices/${device.facts.device_id}/timeline`, 200],
    [`${API}/search?q=door`, 200],
    [`${API}/areas?geometry=none`, 200],
    [`${API}/outages?bbox=1,2,3`, 400],
    [`${API}/outages?status=over`, 400],
    [`${API}/outages?colour=red`, 400],
    [`${API}/outages?from=yesterday`, 400],
    [`${API}/outages?limit=501`, 400],
    [`${API}/outages/nonsense`, 400],
    [`${API}/outages/${id.replace('2026', '2025')}`, 404],
    [`${API}/outages/${id}/evidence?cursor=x`, 400],
    [`${API}/areas/nowhere/outages`, 404],
    [`${API}/outages?area_id=nowhere`, 404],
    ['/outages.csv?area_id=nowhere', 404],
    ['/outages.geojson?area_id=nowhere', 404],
    [`${API}/devices/${'0'.repeat(18)}/timeline`, 404],
    [
      `${API}/devices/${device.facts.device_id}/timeline?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`,
      400,
    ],
    [`${API}/search?q=`, 400],
    [`${API}/areas?geometry=all`, 400],
  ])('%s is %i', async (path, expected) => {
    const { status, headers } = await get(test.url, path)
    expect(status).toBe(expected)
    const type = expected === 200 ? 'application/json' : 'application/problem+json'
    expect(headers.get('content-type')).toContain(type)
  })

  it.each([
    ['/areas/doors/outages.atom', 'application/atom+xml'],
    ['/areas/doors/outages.ics', 'text/calendar'],
    [`/outages/${id}/alert.cap`, 'application/cap+xml'],
    ['/alerts.xml', 'application/atom+xml'],
    ['/outages.csv?area_id=doors', 'text/csv'],
    ['/outages.geojson', 'application/geo+json'],
  ])('%s is a feed under its licence, open to any origin', async (path, type) => {
    const response = await fetch(`${test.url}${path}`)
    expect([response.status, response.headers.get('link')]).toEqual([200, LICENCE])
    expect(response.headers.get('content-type')).toContain(type)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.text()).not.toBe('')
  })

  it('leaves the pages beside the feeds alone', async () => {
    const page = await fetch(`${test.url}/areas/nowhere/outages.atom`)
    expect(page.status).toBe(404)
    expect(page.headers.get('content-type')).toContain('application/problem+json')
    const other = await fetch(`${test.url}/areas/doors`, { headers: { accept: 'text/html' } })
    expect(other.headers.get('content-type')).toContain('text/html')
  })
})

describe('a link to an area or an outage', () => {
  const metaOf = (html: string, name: string) =>
    new RegExp(`<meta [^>]*(?:property|name)="${name}"[^>]*>`)
      .exec(html)?.[0]
      .match(/content="([^"]*)"/)?.[1]
      ?.replaceAll('&amp;', '&')

  it.each([
    ['/areas/doors', '/og/areas/doors.png?lang=en', 'doors: '],
    ['/hi/areas/doors', '/og/areas/doors.png?lang=hi', 'doors: '],
    [`/outages/${id}`, `/og/outages/${id}.png?lang=en`, 'Outage in doors: 5,000 customers'],
    [`/hi/outages/${id}`, `/og/outages/${id}.png?lang=hi`, 'doors में बिजली कटौती: 5,000 उपभोक्ता'],
  ])(
    '%s shows a picture in its language, drawn when it is asked for',
    async (page, path, words) => {
      const html = await (await fetch(`${test.url}${page}`)).text()
      const image = metaOf(html, 'og:image') ?? ''
      expect(image).toBe(`${test.url}${path}`)
      expect(metaOf(html, 'twitter:card')).toBe('summary_large_image')
      expect([metaOf(html, 'og:image:width'), metaOf(html, 'og:image:height')]).toEqual([
        '1200',
        '630',
      ])
      expect(metaOf(html, 'og:image:alt')).toContain(words)
      const picture = await fetch(image)
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(picture.headers.get('cache-control')).toBe('public, max-age=60')
      const png = new DataView(await picture.arrayBuffer())
      expect([png.getUint32(16), png.getUint32(20)]).toEqual([1200, 630])
    },
  )

  it('has one picture as long as nothing changes', async () => {
    const path = `${test.url}/og/outages/${id}.png`
    const etag = (await fetch(path)).headers.get('etag') ?? ''
    const again = await fetch(path, { headers: { 'if-none-match': etag } })
    expect([etag.length > 0, again.status]).toEqual([true, 304])
    const hindi = await fetch(`${path}?lang=hi`, { headers: { 'if-none-match': etag } })
    expect(hindi.status).toBe(200)
  })

  it.each([
    ['/og/areas/nowhere.png', 404],
    [`/og/outages/${id.replace('2026', '2025')}.png`, 404],
    ['/og/areas/doors', 400],
    ['/og/areas/doors.png?lang=fr', 400],
    ['/og/areas/..%2fdoors.png', 400],
  ])('%s is %i', async (path, expected) => {
    const { status, headers } = await get(test.url, path)
    expect([status, headers.get('content-type')]).toEqual([expected, 'application/problem+json'])
  })
})
