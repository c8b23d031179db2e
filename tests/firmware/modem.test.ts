import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildHost } from './host.ts'
import { AWKWARD, type Quirks } from '../../firmware/host/harness/quirks.ts'
import { withBroker } from '../../firmware/host/harness/mqtt-network.ts'
import { UplinkAlone } from '../../firmware/host/harness/uplink-alone.ts'
import type { MqttOptions } from '../../firmware/host/harness/network.ts'
import { compactOf } from '../unit/shared/compact-writer.ts'
import { seeded } from '../seeded.ts'
import { PortalDouble } from './portal-double.ts'

/** The modem driver and the uplink in C, against a module with the dialect and the faults of a SIM7020E. */

const KEY = new Uint8Array(32).fill(7)
const CA = `-----BEGIN CERTIFICATE-----\n${`${'MIIB'.repeat(16)}\n`.repeat(18)}-----END CERTIFICATE-----\n`
const HTTP = ['apn=iot.test', 'origin=http://portal.test']
const HTTPS = ['apn=iot.test', 'origin=https://portal.test:8443', `ca=${CA}`]

let program: string
beforeAll(() => {
  program = buildHost('uplink-alone')
})

const running: UplinkAlone[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((uplink) => uplink.stop()))
})

interface Scene {
  options?: string[]
  quirks?: Partial<Quirks>
  modemOn?: boolean
  portal?: PortalDouble
}

async function start({ options = HTTP, portal = new PortalDouble(), ...rest }: Scene = {}) {
  const uplink = await UplinkAlone.start({ program, options, network: portal, ...rest })
  running.push(uplink)
  return { uplink, portal, modem: uplink.modem }
}

const message = (seq: number) =>
  compactOf(
    {
      v: 1,
      device_id: '0123456789ABCDEF01',
      seq,
      timestamp: '2026-11-20T05:59:00Z',
      power_status: 'ON',
      reason: 'heartbeat',
      latitude: 25.5941,
      longitude: 85.1376,
      previous: 'ab'.repeat(32),
    },
    KEY,
  )

const seqs = (portal: PortalDouble) => portal.arrivals.map(({ reading }) => reading.seq)

describe('a module that is as the manual says', () => {
  test('is brought into the network, and one reading goes as application/cose', async () => {
    const { uplink, portal, modem } = await start()
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
    const [request] = portal.requests.filter(({ method }) => method === 'POST')
    expect(request?.url).toBe('http://portal.test/api/v1/readings')
    expect(request?.headers['content-type']).toBe('application/cose')
    expect(modem.saved).toEqual({ apn: 'iot.test', networkTime: true })
  })

  test('several go as one sequence and are answered one by one, in order', async () => {
    const { uplink, portal } = await start()
    await uplink.submit([message(2)])
    expect(await uplink.submit([message(3), message(2), message(1)])).toEqual([
      'accepted',
      'duplicate',
      'accepted',
    ])
    expect(portal.requests.at(-1)?.headers['content-type']).toBe('application/cbor-seq')
    expect(seqs(portal)).toEqual([2, 3, 2, 1])
  })

  test('what follows at once uses the same connection', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)])
    await uplink.submit([message(2)])
    expect(modem.heard.filter((line) => line.startsWith('AT+CHTTPCON='))).toHaveLength(1)
  })

  test('a connection the server closed in the meantime is made again', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)])
    await uplink.live(4900)
    modem.http.requests.length = 0
    modem.scripted.push({ command: /CHTTPSEND/, answer: ['OK', '+CHTTPERR: 0,-2'] })
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
  })

  test('a certificate goes over in slices and is what the connection trusts', async () => {
    const { uplink, portal, modem } = await start({ options: HTTPS })
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
    expect(portal.requests.at(-1)?.trusted).toBe(CA)
    expect(
      modem.heard.filter((line) => line.startsWith('AT+CHTTPCREATEEXT=1')).length,
    ).toBeGreaterThan(1)
  })

  test('the longest command stays within what the module reads', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([1, 2, 3, 4, 5].map(message))
    const longest = Math.max(...modem.heard.map((line) => line.length))
    expect(longest).toBeGreaterThan(1500)
    expect(longest).toBeLessThan(2048)
  })

  test('a last gasp asks for the radio to be let go, and the module may sleep afterwards', async () => {
    const { uplink, modem } = await start()
    expect(await uplink.submit([message(1)], { lastGasp: true })).toEqual(['accepted'])
    const sent = modem.heard.findIndex((line) => line.startsWith('AT+CHTTPSEND'))
    expect(modem.heard.slice(sent - 2, sent)).toEqual(['AT+CNBIOTDT=1', 'AT+CNBIOTRAI=2'])
    await uplink.until(() => modem.asleep)
    expect(modem.http.connected).toBe(false)
  })

  test('a sleeping module is woken by its key, not switched off', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)], { lastGasp: true })
    await uplink.until(() => modem.asleep)
    const boots = modem.boots
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
    expect(modem.boots).toBe(boots)
  })

  test('a last gasp goes although another submission is under way', async () => {
    const { uplink, portal, modem } = await start()
    uplink.begin([message(1)])
    await uplink.until(() => modem.heard.some((line) => line.startsWith('AT+CHTTPCON')))
    uplink.cancel()
    expect(await uplink.submit([message(9)], { lastGasp: true })).toEqual(['accepted'])
    expect(seqs(portal)).toContain(9)
  })

  test('one that is off is switched on', async () => {
    const { uplink, modem } = await start({ modemOn: false })
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
    expect(modem.boots).toBeGreaterThan(0)
  })
})

const QUIRKS: [string, Partial<Quirks>][] = [
  ['gives one byte at a time', { chunkBytes: 1 }],
  ['forgets that echo is off', { losesEchoOff: true }],
  ['leaves out the space behind the colon', { noSpaceAfterColon: true }],
  ['prints +CHTTPCREAT', { shortCreateName: true }],
  ['reports registration as +CGREG', { registrationAsCgreg: true }],
  ['counts hex digits in +CHTTPNMIC', { contentLength: 'hex' }],
  ['prints +CHTTPNMIC without one comma', { contentLength: 'missing' }],
  ['cuts the content into small pieces', { contentPieceBytes: 7 }],
  ['boots without RDY', { silentBoot: true }],
  ['talks in between', { chatty: true }],
  ['eats the first commands', { deafToFirst: 3 }],
  ['has its own address until it is restarted', { loopbackAddress: true }],
  ['has all faults at once', AWKWARD],
]

describe('a module that', () => {
  test.each(QUIRKS)('%s delivers all the same', async (_, quirks) => {
    const { uplink, portal } = await start({ quirks, options: HTTPS })
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
    expect(await uplink.submit([message(3), message(2)])).toEqual(['accepted', 'accepted'])
    expect(seqs(portal)).toEqual([1, 3, 2])
  })

  test('tells the time of the network: in UTC, whatever zone stands behind it', async () => {
    const { uplink } = await start()
    await uplink.until(() => uplink.believes !== undefined)
    expect(Math.abs((uplink.believes ?? 0) - uplink.agenda.nowMs)).toBeLessThan(2500)
  })

  test('is told no time by the network: the portal is asked', async () => {
    const { uplink, portal } = await start({ quirks: { noNetworkTime: true } })
    await uplink.until(() => uplink.believes !== undefined)
    expect(portal.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET http://portal.test/health',
    ])
    expect(Math.abs((uplink.believes ?? 0) - uplink.agenda.nowMs)).toBeLessThan(5000)
  })

  test('has all its clients taken by an earlier life: they are freed', async () => {
    const { uplink, modem } = await start()
    for (let client = 0; client < 5; client += 1) modem.http.leak()
    await uplink.live(4000)
    for (let client = 0; client < 5; client += 1) modem.http.leak()
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
  })

  test('restarts in the middle of an exchange: nothing is claimed, the next attempt works', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)])
    modem.scripted.push({ command: /CHTTPSEND/, answer: ['OK'] })
    const outcome = uplink.submit([message(2)])
    modem.agenda.after(500, () => modem.restart())
    expect(await outcome).toEqual(['retry-later'])
    expect(uplink.log).toContain('modem_restarted')
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
  })

  test('restarts without RDY is found out by its echo', async () => {
    const { uplink, modem } = await start({ quirks: { silentBoot: true } })
    await uplink.submit([message(1)])
    await uplink.live(10_000)
    modem.restart()
    await uplink.live(10_000)
    await uplink.submit([message(2)])
    expect(uplink.log).toContain('modem_restarted')
    expect(await uplink.submit([message(2)])).not.toEqual(['retry-later'])
  })

  test('asks for data with a prompt after a damaged command gets an escape', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)])
    modem.prompt()
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
  })

  test('hangs on a command is asked again, then its radio, then its power is cycled', async () => {
    const { uplink, modem } = await start()
    await uplink.submit([message(1)])
    modem.deafTo = /^AT\+CHTTP/
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await uplink.submit([message(2)])).toEqual(['retry-later'])
    await uplink.until(() => modem.heard.includes('AT+CPOWD=1'))
    expect(modem.heard).toContain('AT+CFUN=0')
    modem.deafTo = undefined
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
  })

  test('has no coverage: a submission ends in bounded time, and works once there is some', async () => {
    const { uplink, modem } = await start()
    modem.coverage = false
    const beganMs = uplink.agenda.nowMs
    expect(await uplink.submit([message(1)])).toEqual(['retry-later'])
    expect(uplink.agenda.nowMs - beganMs).toBeLessThanOrEqual(300_000)
    modem.coverage = true
    await uplink.live(300_000)
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
  })

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'prints noise (seed %i) neither breaks the driver nor makes it claim anything',
    async (seed) => {
      const { uplink, modem, portal } = await start({ quirks: { chunkBytes: 1 + (seed % 5) } })
      const random = seeded(seed + 1)
      for (let at = 0; at < 40; at += 1)
        modem.agenda.after(random() * 60_000, () => modem.raw(noise(random)))
      const outcomes = await uplink.submit([message(1), message(2)])
      const held = new Set(seqs(portal))
      outcomes.forEach((outcome, index) => {
        if (outcome === 'accepted' || outcome === 'duplicate') expect(held).toContain(index + 1)
      })
      await uplink.live(120_000)
      for (let attempt = 0; attempt < 6 && !held.has(3); attempt += 1)
        if ((await uplink.submit([message(3)]))[0] !== 'retry-later') held.add(3)
      expect(held).toContain(3)
    },
  )
})

const SCRAPS = [
  '\r\n',
  '+CHTTPNMIH: 0,201,',
  '999999999999,',
  '12,OK\r\nERROR\r\n',
  '+CHTTPNMIC: ',
  '0,0,',
  '"',
  '>',
  '+CME ERROR: ',
  '+CEREG: 5,3',
  '+CCLK: 99/99/99,99:99:99',
  'AT',
  'X'.repeat(300),
  '\0',
  '+CHTTPERR: 0,-1\r\n',
]

const noise = (random: () => number): string =>
  Array.from({ length: 1 + Math.floor(random() * 6) }, () =>
    random() < 0.6
      ? (SCRAPS[Math.floor(random() * SCRAPS.length)] ?? '')
      : String.fromCharCode(Math.floor(random() * 256)),
  ).join('')

describe('an answer of the server that', () => {
  const problem = (status: number, code: string) => ({
    status,
    text: JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail: 'x', code }),
  })
  const CASES: [string, { status: number; text: string }, string][] = [
    ['says that a reading is malformed', problem(400, 'malformed'), 'rejected'],
    ['does not know the device', problem(401, 'unknown_device'), 'rejected'],
    ['finds the number used for something else', problem(409, 'equivocation'), 'rejected'],
    ['finds the store away', problem(503, 'store_unavailable'), 'retry-later'],
    [
      'is a page of somebody else',
      { status: 200, text: '<html>status accepted</html>' },
      'retry-later',
    ],
    [
      'is an error without a code of ours',
      { status: 404, text: '{"code":"no_such_page"}' },
      'retry-later',
    ],
    ['breaks off', { status: 201, text: '{"leaf_hash":"00","sta' }, 'retry-later'],
    [
      'is an array for one reading',
      { status: 201, text: '[{"status":"accepted"}]' },
      'retry-later',
    ],
    [
      'says accepted with a status of failure',
      { status: 500, text: '{"status":"accepted"}' },
      'retry-later',
    ],
    [
      'hides the word deeper down',
      { status: 201, text: '{"a":{"status":"accepted"}}' },
      'retry-later',
    ],
    ['escapes a quotation mark', { status: 201, text: '{"a\\"status":"accepted"}' }, 'retry-later'],
  ]
  test.each(CASES)('%s', async (_, answer, outcome) => {
    const portal = new PortalDouble()
    const { uplink } = await start({ portal })
    await uplink.submit([message(1)])
    portal.scripted.push(answer)
    expect(await uplink.submit([message(2)])).toEqual([outcome])
  })

  test('refuses a sequence for one of its readings: each is sent alone', async () => {
    const portal = new PortalDouble()
    const { uplink } = await start({ portal })
    await uplink.submit([message(1)])
    portal.scripted.push(problem(400, 'malformed'))
    expect(await uplink.submit([message(4), message(3), message(2)])).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ])
    expect(seqs(portal)).toEqual([1, 4, 3, 2])
  })
})

describe('MQTT', () => {
  const BROKER = ['broker=broker.test', 'topic=power/patna/0123456789ABCDEF01', `ca=${CA}`]
  class Broker extends PortalDouble {
    readonly connected: MqttOptions[] = []
    readonly published: [string, Uint8Array][] = []
    mqtt(options: MqttOptions) {
      this.connected.push(options)
      return Promise.resolve({
        publish: (topic: string, payload: Uint8Array) => {
          this.published.push([topic, payload])
          return Promise.resolve()
        },
        end: () => Promise.resolve(),
      })
    }
  }

  test.each([
    ['as in the manual', {}],
    ['with all faults at once', AWKWARD],
  ])('alone: the broker has every reading, %s', async (_, quirks) => {
    const portal = new Broker()
    const { uplink } = await start({
      portal,
      quirks: { ...quirks, noNetworkTime: false },
      options: ['apn=iot.test', 'user=sensor', 'password=secret', ...BROKER],
    })
    expect(await uplink.submit([message(1)])).toEqual(['accepted'])
    expect(await uplink.submit([message(2)])).toEqual(['accepted'])
    expect(portal.published).toEqual([
      ['power/patna/0123456789ABCDEF01', message(1)],
      ['power/patna/0123456789ABCDEF01', message(2)],
    ])
    expect(portal.connected[0]).toMatchObject({
      host: 'broker.test',
      port: 8883,
      username: 'sensor',
      trusted: CA,
    })
  })

  test('reaches a real broker with the user and topic of the device', async () => {
    const broker = await Aedes.createBroker()
    const users: string[] = []
    broker.authenticate = (_, user, password, done) => {
      users.push(`${user} ${password?.toString()}`)
      done(null, true)
    }
    const server = createServer((socket) => broker.handle(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const arrived: [string, Buffer][] = []
    broker.on('publish', ({ topic, payload }) => {
      if (topic.startsWith('power/')) arrived.push([topic, Buffer.from(payload)])
    })
    try {
      const uplink = await UplinkAlone.start({
        program,
        options: ['apn=iot.test', 'user=sensor', 'password=secret', ...BROKER.slice(0, 2)],
        network: withBroker(new PortalDouble(), `mqtt://127.0.0.1:${port}`),
      })
      running.push(uplink)
      expect(await uplink.submit([message(1)])).toEqual(['accepted'])
      await uplink.live(30_000)
      expect(arrived).toEqual([['power/patna/0123456789ABCDEF01', Buffer.from(message(1))]])
      expect(users).toEqual(['sensor secret'])
    } finally {
      await new Promise<void>((resolve) => broker.close(resolve))
      server.close()
    }
  })

  test('while the portal is away, the newest reading goes to the broker once, and stays unsettled', async () => {
    const portal = new Broker()
    const { uplink } = await start({ portal, options: [...HTTPS, ...BROKER] })
    portal.down = [[0, Number.POSITIVE_INFINITY]]
    expect(await uplink.submit([message(3), message(2)])).toEqual(['retry-later', 'retry-later'])
    expect(await uplink.submit([message(3), message(2)])).toEqual(['retry-later', 'retry-later'])
    expect(portal.published.map(([, payload]) => payload)).toEqual([message(3)])
    portal.down = []
    expect(await uplink.submit([message(3), message(2)])).toEqual(['accepted', 'accepted'])
  })
})
