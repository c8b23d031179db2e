import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { rebuildOutages } from '../../../server/services/outage/rebuild-outages.ts'
import { batchSchema } from '../../../shared/api/ledger.ts'
import { statusEventSchema } from '../../../shared/api/map.ts'
import { outageSchema } from '../../../shared/api/outages.ts'
import { TestDevice } from '../../device.ts'
import {
  enrol,
  eventually,
  get,
  postReadings,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal()
})
afterAll(() => test?.stop())

interface ServerEvent {
  type: string
  id: string
  data: string
}

/** Follows the portal's events as a browser does; `until` answers all heard so far once one fits. */
async function listen(query = '', lastEventId?: string) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const response = await fetch(`${test.url}/api/v1/events${query}`, {
    signal: stop.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })
  if (!response.body) throw new Error(`expected a stream, got ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const heard: ServerEvent[] = []
  let text = ''
  return {
    contentType: response.headers.get('content-type'),
    heard,
    leave: () => stop.abort(),
    async until(fits: (event: ServerEvent) => boolean): Promise<ServerEvent> {
      for (;;) {
        const found = heard.find(fits)
        if (found) return found
        const { value, done } = await reader.read()
        if (done) throw new Error(`expected the event, the stream ended after ${heard.length}`)
        text += value
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        heard.push(...blocks.map(eventOf))
      }
    },
  }
}

/** One event in the text format of server-sent events (WHATWG HTML §9.2). */
function eventOf(block: string): ServerEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name, value.join(': ')]
    }),
  )
  return {
    type: fields.get('event') ?? 'message',
    id: fields.get('id') ?? '',
    data: fields.get('data') ?? '',
  }
}

const tells = (device: TestDevice, state: string) => (event: ServerEvent) =>
  event.type === 'status' &&
  statusEventSchema.parse(JSON.parse(event.data)).device_id === device.facts.device_id &&
  event.data.includes(`"state":"${state}"`)

const isBatch = (areaId: string, state: string) => (event: ServerEvent) => {
  if (event.type !== 'batch') return false
  const batch = batchSchema.parse(JSON.parse(event.data))
  return batch.area_id === areaId && batch.state === state
}

const off = { power_status: 'OFF', reason: 'last_gasp' } as const
const on = { power_status: 'ON', reason: 'change' } as const

describe('the stream of events', () => {
  it('tells when a device changes, and how its batch gets on', async () => {
    const device = new TestDevice('told')
    const events = await listen()
    expect(events.contentType).toMatch(/^text\/event-stream/)
    await enrol(test.url, 'told', [device])
    await postReadings(test.url, [device.read()])
    await events.until(tells(device, 'on'))
    await postReadings(test.url, [device.read(off)])
    await events.until(tells(device, 'off'))
    await events.until(isBatch('told', 'anchored'))
  })

  it('says nothing when a device reports what is known', async () => {
    const [quiet, loud] = [new TestDevice('quiet'), new TestDevice('loud')]
    await enrol(test.url, 'quiet', [quiet, loud])
    const events = await listen('?area_id=quiet')
    await postReadings(test.url, [quiet.read()])
    await events.until(tells(quiet, 'on'))
    await postReadings(test.url, [quiet.read()])
    await postReadings(test.url, [loud.read()])
    await events.until(tells(loud, 'on'))
    expect(events.heard.filter(tells(quiet, 'on'))).toHaveLength(1)
  })

  it('goes on where an instance dated its changes two hours ahead', async () => {
    const [ahead, present] = [new TestDevice('ahead'), new TestDevice('present')]
    await enrol(test.url, 'ahead', [ahead, present])
    const events = await listen('?area_id=ahead')
    await postReadings(test.url, [ahead.read()])
    await events.until(tells(ahead, 'on'))
    const { models, close } = await openModels(test.stack)
    onTestFinished(close)
    await models.devices.updateOne(
      { _id: ahead.facts.device_id },
      { changed_at: new Date(Date.now() + 2 * 3_600_000), 'last.power_status': 'OFF' },
    )
    await events.until(tells(ahead, 'off'))
    await postReadings(test.url, [present.read()])
    await events.until(tells(present, 'on'))
    expect(events.heard.filter(tells(ahead, 'off'))).toHaveLength(1)
  })

  it('of one area tells of that area only', async () => {
    const [here, elsewhere] = [new TestDevice('here'), new TestDevice('elsewhere')]
    await enrol(test.url, 'here', [here])
    await enrol(test.url, 'elsewhere', [elsewhere])
    const events = await listen('?area_id=here')
    const all = await listen()
    await postReadings(test.url, [elsewhere.read(), here.read()])
    await all.until(tells(elsewhere, 'on'))
    await events.until(tells(here, 'on'))
    await events.until(isBatch('here', 'anchored'))
    expect(events.heard.filter(({ data }) => data.includes('elsewhere'))).toEqual([])
    expect(events.heard.filter(tells(elsewhere, 'on'))).toEqual([])
  })

  it('of some types tells of those alone', async () => {
    const device = new TestDevice('batches alone')
    await enrol(test.url, 'alone', [device])
    const events = await listen('?area_id=alone&types=batch,complaint')
    await postReadings(test.url, [device.read()])
    await events.until(isBatch('alone', 'anchored'))
    expect(events.heard.filter(({ type }) => !['alive', 'batch'].includes(type))).toEqual([])
    const refused = await get(test.url, '/api/v1/events?types=weather')
    expect([refused.status, refused.body]).toMatchObject([400, { code: 'malformed' }])
  })

  it('says that much changed where too many do to tell of each', async () => {
    const device = new TestDevice('district')
    await enrol(test.url, 'district', [device])
    const events = await listen('?area_id=district&types=status')
    await postReadings(test.url, [device.read()])
    await events.until(tells(device, 'on'))
    const { models, close } = await openModels(test.stack)
    onTestFinished(close)
    const row = await models.devices.findById(device.facts.device_id).lean()
    const dark = Array.from({ length: 150 }, (_, n) => ({
      ...row,
      _id: `FFFFFFFFFFFFFF${String(n).padStart(4, '0')}`,
      changed_at: new Date(),
    }))
    await models.devices.collection.insertMany(dark as never)
    const { data } = await events.until(({ type }) => type === 'changed')
    expect(JSON.parse(data)).toEqual({ type: 'status', changes: 150 })
    expect(events.heard.filter(({ type }) => type === 'status')).toHaveLength(1)
    await models.devices.deleteMany({ _id: { $in: dark.map(({ _id }) => _id) } })
  })

  it('resumes after the last event heard, without loss', async () => {
    const devices = Array.from({ length: 30 }, (_, n) => new TestDevice(`crowd ${n}`))
    const [first] = devices
    if (!first) throw new Error('expected a device')
    await enrol(test.url, 'crowd', devices)
    const before = await listen('?area_id=crowd')
    // Somebody hears everything in time, so that nothing is told again for lack of listeners.
    const witness = await listen('?area_id=crowd')
    await postReadings(
      test.url,
      devices.map((device) => device.read()),
    )
    // All changed in one instant, and only one was heard of before the line broke.
    const { id } = await before.until(tells(first, 'on'))
    before.leave()
    await postReadings(test.url, [first.read(off)])
    await postReadings(test.url, [first.read(on)])
    for (const device of devices) await witness.until(tells(device, 'on'))
    const after = await listen('?area_id=crowd', id)
    for (const device of devices) await after.until(tells(device, 'on'))
  })

  it('tells of no outage again when all are derived anew', async () => {
    const device = new TestDevice('rebuilt')
    await enrol(test.url, 'rebuilt', [device])
    const events = await listen('?area_id=rebuilt')
    const isOutage = (status: string) => (event: ServerEvent) =>
      event.type === 'outage' && outageSchema.parse(JSON.parse(event.data)).status === status
    await postReadings(test.url, [device.read(), device.read(off)])
    await events.until(isOutage('ongoing'))
    const stored = await openModels(test.stack)
    onTestFinished(() => stored.close())
    await rebuildOutages(stored)
    await eventually('all derived anew', async () => {
      const basis = await stored.models.outageBasis.findById('basis').lean()
      return basis && !basis.rebuild
    })
    await postReadings(test.url, [device.read(on)])
    await events.until(isOutage('restored'))
    expect(events.heard.filter(isOutage('ongoing'))).toHaveLength(1)
  })

  it('begins with now for who never heard any, or whose last event is nonsense', async () => {
    const device = new TestDevice('nonsense')
    await enrol(test.url, 'nonsense', [device])
    const events = await listen('?area_id=nonsense', 'nonsense')
    await postReadings(test.url, [device.read()])
    await events.until(tells(device, 'on'))
  })

  it('of an area that cannot be is refused', async () => {
    const { status, body } = await get(test.url, '/api/v1/events?area_id=NOWHERE')
    expect([status, body]).toMatchObject([400, { code: 'malformed' }])
  })
})
