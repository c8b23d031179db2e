import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  deviceEventRequestSchema,
  enrolmentsSchema,
  type Enrolment,
} from '../../../shared/api/devices.ts'
import { verifyCommitment } from '../../../shared/commitment/index.ts'
import { freePort } from '../../../stack/ports.ts'
import { problem, startPortal, type Request } from './portal.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const TOKEN = 'a-token-nobody-may-see'
const env = { GRIDWITNESS_ADMIN_TOKEN: TOKEN }
const DEVICE_ID = '012355C36CEE791DEE'
const OTHER_ID = '0123D194DA90AE6AEE'
const KEY = `04${'b3'.repeat(64)}`
const LEAF = 'c4'.repeat(32)
const HASH = 'd5'.repeat(32)

const enrolmentOf = (device_id: string): Enrolment => ({
  area_id: 'us-ky-fayette',
  device: {
    device_id,
    public_key: KEY,
    stage: 'transformer',
    customers_served: 41,
    latitude: 38.0406,
    longitude: -84.5037,
  },
})

const words = (portal: string, more = '--latitude 38.0406 --longitude -84.5037') =>
  `device enrol --portal ${portal} --area us-ky-fayette --device-id ${DEVICE_ID} --public-key ${KEY} --stage transformer --customers 41 ${more}`.split(
    ' ',
  )

/** Enrols every device except one that it knows already. */
const enrolling = () =>
  startPortal(({ body }) => {
    const parsed = enrolmentsSchema.parse(body)
    const answers = (Array.isArray(parsed) ? parsed : [parsed]).map(
      ({ device: { device_id } }) => ({
        device_id,
        status: device_id === OTHER_ID ? 'already_enrolled' : 'enrolled',
        leaf_hash: LEAF,
      }),
    )
    return { status: 201, body: answers }
  })

function fileOf(name: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gridwitness-devices-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const sentTo = (request: Request | undefined) =>
  `${request?.method} ${request?.path} ${request?.headers.authorization}`

it('a device is enrolled with the token of the environment', async () => {
  await using portal = await enrolling()
  const { stdout, stderr, code } = await gridwitness(words(portal.url), { env })
  expect(stdout).toBe(`${DEVICE_ID} enrolled, record ${LEAF}\n`)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(portal.requests.map(sentTo)).toEqual([`POST /api/v1/admin/devices Bearer ${TOKEN}`])
  expect(portal.requests[0]?.body).toEqual([enrolmentOf(DEVICE_ID)])
})

it('a home is enrolled by the commitment that was made for it', async () => {
  await using portal = await enrolling()
  const made = await gridwitness([
    'device',
    'commit',
    '--latitude',
    '25.5941',
    '--longitude=-85.1376',
  ])
  const [, commitment = '', salt = '', value = ''] =
    /^commitment {2}(\w{64})\nsalt {8}([\w-]{22})\nvalue {7}(.+)\n\n.*Keep salt and value private/.exec(
      made.stdout,
    ) ?? []
  expect(value).toBe('25.59410,-85.13760')
  verifyCommitment(commitment, salt, value)

  const { code } = await gridwitness(words(portal.url, `--location-commitment ${commitment}`), {
    env,
  })
  expect(code).toBe(0)
  expect(portal.requests[0]?.body).toMatchObject([{ device: { location_commitment: commitment } }])
})

it('two commitments to one place differ', async () => {
  const args = ['device', 'commit', '--latitude', '0', '--longitude', '0']
  const [first, second] = await Promise.all([gridwitness(args), gridwitness(args)])
  expect(first.stdout).not.toBe(second.stdout)
})

it.each([
  ['devices.json', JSON.stringify([enrolmentOf(DEVICE_ID), enrolmentOf(OTHER_ID)])],
  [
    'devices.csv',
    '\uFEFFdevice_id,area_id,public_key,stage,customers_served,latitude,longitude\r\n' +
      [DEVICE_ID, OTHER_ID]
        .map((id) => `${id},us-ky-fayette,${KEY},transformer,41,38.0406,-84.5037\r\n`)
        .join(''),
  ],
])('the devices of %s are enrolled, with the token of a file', async (name, content) => {
  await using portal = await enrolling()
  const args = [
    '--portal',
    `${portal.url}/`,
    '--file',
    fileOf(name, content),
    '--token-file',
    fileOf('token', `${TOKEN}\n`),
  ]
  const { stdout, code } = await gridwitness(['device', 'enrol', ...args])
  expect(stdout).toBe(
    `${DEVICE_ID} enrolled, record ${LEAF}\n${OTHER_ID} already enrolled, record ${LEAF}\n`,
  )
  expect(code).toBe(0)
  expect(portal.requests.map(sentTo)).toEqual([`POST /api/v1/admin/devices Bearer ${TOKEN}`])
  expect(portal.requests[0]?.body).toEqual([enrolmentOf(DEVICE_ID), enrolmentOf(OTHER_ID)])
})

it('more devices than a request may carry go in several', async () => {
  await using portal = await enrolling()
  const devices = Array.from({ length: 1001 }, (_, n) =>
    enrolmentOf(n.toString(16).toUpperCase().padStart(18, '0')),
  )
  const { stdout, code } = await gridwitness(
    [
      'device',
      'enrol',
      '--portal',
      portal.url,
      '--file',
      fileOf('many.json', JSON.stringify(devices)),
    ],
    { env },
  )
  expect(stdout.split('\n')).toHaveLength(1002)
  expect(portal.requests.map(({ body }) => (Array.isArray(body) ? body.length : 0))).toEqual([
    1000, 1,
  ])
  expect(code).toBe(0)
})

it('a refusal is told as a sentence', async () => {
  const detail = `device ${DEVICE_ID}: enrolled with key 04aa, got 04bb; a new key takes a key_rotated event`
  await using portal = await startPortal(() =>
    problem(409, 'key_conflict', detail, { errors: [{ path: '0', message: 'here' }] }),
  )
  const { stdout, stderr, code } = await gridwitness(words(portal.url), { env })
  expect(stdout).toBe('')
  expect(stderr).toBe(
    `gridwitness device enrol: the portal refused (409 key_conflict, Refused): ${detail}; 0: here\n`,
  )
  expect(code).toBe(1)
})

it('a portal that is busy, away, or none at all leaves the question open', async () => {
  await using busy = await startPortal(() => problem(503, 'store_unavailable', 'try again later'))
  await using other = await startPortal(() => ({ status: 200, body: { hello: 'world' } }))
  await using moved = await startPortal(() => ({ status: 302 }))
  const sessions = [busy.url, other.url, moved.url, `http://127.0.0.1:${await freePort()}`].map(
    async (url) => {
      const { stderr, code } = await gridwitness(words(url), { env })
      expect(stderr).not.toContain(TOKEN)
      return `${code} ${stderr.replaceAll(url, 'URL')}`
    },
  )
  expect(await Promise.all(sessions)).toEqual([
    '2 gridwitness device enrol: the portal refused (503 store_unavailable, Refused): try again later\n',
    expect.stringMatching(
      /^2 .*portal: expected an answer of the API from admin\/devices, got another: /,
    ),
    '2 gridwitness device enrol: portal: expected an answer of the API from URL/api/v1/admin/devices, got status 302\n',
    '2 gridwitness device enrol: portal: expected an answer from URL/api/v1/admin/devices, got none (ECONNREFUSED)\n',
  ])
})

it.each([
  [
    '--latitude 38.0406',
    'place: expected --latitude and --longitude, or --location-commitment, got --latitude',
  ],
  [
    `--latitude 1 --longitude 1 --location-commitment ${HASH}`,
    'place: expected --latitude and --longitude, or --loc',
  ],
  ['--file devices.json', '--area: expected not beside --file, got both'],
])('an enrolment with %s is wrong usage', async (more, message) => {
  const { stderr, code } = await gridwitness(words('http://127.0.0.1:9', more), { env })
  expect(stderr).toContain(`gridwitness device enrol: ${message}`)
  expect(code).toBe(2)
})

it('without a token nothing is asked', async () => {
  await using portal = await enrolling()
  const { stderr, code } = await gridwitness(words(portal.url))
  expect(stderr).toContain(
    "GRIDWITNESS_ADMIN_TOKEN: expected the administrator's token, got none\n",
  )
  expect(portal.requests).toEqual([])
  expect(code).toBe(2)
})

const signedOff = ['--reason', 'meter replaced']
it.each([
  ['rotate-key', ['--public-key', KEY], { event: 'key_rotated', public_key: KEY }],
  ['suspend', [], { event: 'suspended' }],
  ['resume', [], { event: 'resumed' }],
  ['revoke', [], { event: 'revoked' }],
  ['move', ['--area', 'us-ky-clark'], { event: 'moved', area_id: 'us-ky-clark' }],
  [
    'move',
    ['--latitude', '38.1', '--longitude', '-84.2'],
    { event: 'moved', latitude: 38.1, longitude: -84.2 },
  ],
])('device %s %j is recorded with why', async (command, more, facts) => {
  await using portal = await startPortal(({ body }) => {
    deviceEventRequestSchema.parse(body)
    return { status: 201, body: { device_id: DEVICE_ID, status: 'recorded', leaf_hash: LEAF } }
  })
  const args = [
    'device',
    command,
    '--portal',
    portal.url,
    '--device-id',
    DEVICE_ID,
    ...signedOff,
    ...more,
  ]
  const { stdout, stderr, code } = await gridwitness(args, { env })
  expect(stderr).toBe('')
  expect(stdout).toBe(`${DEVICE_ID} ${facts.event.replace('_', ' ')}, record ${LEAF}\n`)
  expect(code).toBe(0)
  expect(portal.requests.map(sentTo)).toEqual([
    `POST /api/v1/admin/devices/${DEVICE_ID}/events Bearer ${TOKEN}`,
  ])
  expect(portal.requests[0]?.body).toEqual({
    reason: 'meter replaced',
    ...facts,
  })
})

it.each([
  ['suspend', ['--public-key', KEY], 'got --public-key\n'],
  ['rotate-key', [], '--public-key: expected a value, got none\n'],
  ['move', [], 'place: expected a new place, a new --area, or both, got none\n'],
  ['move', ['--reason', 'another'], '--reason: expected once, got it twice\n'],
  ['suspend', ['--approved-by', 'jane'], 'got --approved-by\n'],
])('device %s %j is wrong usage', async (command, more, message) => {
  const args = [
    'device',
    command,
    '--portal',
    'http://127.0.0.1:9',
    '--device-id',
    DEVICE_ID,
    ...signedOff,
    ...more,
  ]
  const { stderr, code } = await gridwitness(args, { env })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})
