import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { concat, utf8 } from '../../../shared/bytes.ts'
import type { Reading } from '../../../shared/reading/index.ts'
import type { LedgerRecord } from '../../../shared/record/index.ts'
import { freePort } from '../../../stack/ports.ts'
import {
  anchor,
  eventOf,
  fourHours,
  HOME,
  inThreeBatches,
  MIDNIGHT_AT,
  MINUTE_MS,
  readingRecord,
  seal,
  TRANSFORMER,
  type SealedFile,
} from './audited-area.ts'
import { startContract, startGateway } from './ledger.ts'
import { newKey, signed, type Key } from './sensor.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const blocks = new Map<string, Uint8Array>()
let contract: Awaited<ReturnType<typeof startContract>>
let gateway: Awaited<ReturnType<typeof startGateway>>

beforeAll(async () => {
  contract = await startContract()
  gateway = await startGateway(blocks)
}, 60_000)
afterAll(async () => {
  await gateway?.stop()
  await contract?.stop()
})

async function publish(areaId: string, batches: readonly SealedFile[]): Promise<void> {
  for (const { cid, file } of batches) blocks.set(cid.toString(), file)
  await anchor(contract.ledger, areaId, batches)
}

const audit = (areaId: string, ...more: string[]) =>
  gridwitness([
    'audit',
    '--area',
    areaId,
    '--rpc',
    contract.chain.rpcUrl,
    '--deployments',
    contract.deployments,
    ...(more.includes('--ipfs') ? [] : ['--ipfs', gateway.url]),
    ...more,
  ])

function readingOf(record: LedgerRecord | undefined): Reading {
  if (record?.type !== 'reading' || 'cose' in record) throw new Error('expected a reading in JSON')
  return record.reading
}

const FOUR_HOURS = ['--from', '2024-11-21', '--to', '2024-11-21T04:00:00Z']

/** Words of each line of the table, a line a period. */
const tableIn = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => /^(?:\d{4}-\d{2}|whole) /.test(line))
    .map((line) => line.split(/ {2,}/))

it('a ledger that holds is told step by step, with the figures that follow from it', async () => {
  const { records } = await fourHours('true')
  const batches = await inThreeBatches('true', records)
  await publish('true', batches)
  const { stdout, stderr, code } = await audit('true', ...FOUR_HOURS)
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual([
    `Ethereum: chain 31337 through ${contract.chain.rpcUrl}`,
    `Contract: ${contract.deployment.contract.toLowerCase()}, trusted by ${join(contract.deployments, '31337.json')}`,
    `IPFS:     through ${gateway.url}`,
    '',
    `✓ batch_chain       3 batches in unbroken order up to root ${batches[2]?.header.root}, as the contract holds it.`,
    '✓ batch_file        35 records in canonical form hash to the anchored roots.',
    '✓ enrolment         2 events of 2 devices follow from each other; every reading is of a device enrolled and active.',
    '✓ device_signature  33 readings signed by the key enrolled when they came.',
    '· numbering         1 gap in the numbers of the devices',
    `    device ${TRANSFORMER}: 1 reading missing between 2 and 4`,
    '',
    'Figures of true, 2024-11-21T00:00:00Z to 2024-11-21T04:00:00Z, as of 2024-11-21T04:00:00Z',
    '1 outage; outage rules v1, a heartbeat every 15 minutes',
    '',
    '         SAIFI   SAIDI      CAIDI      MAIFI   ASAI      coverage   provisional',
    '2024-11  1.0000  60.00 min  60.00 min  0.0000  75.000 %  100.000 %  no',
    'whole    1.0000  60.00 min  60.00 min  0.0000  75.000 %  100.000 %  no',
    '',
    '    2024-11-21T02:00:00Z to 2024-11-21T03:00:00Z  2 devices, 100 customers',
    '',
    'Holds: the ledger of true, whole up to batch 3.',
    '',
  ])
  expect(code).toBe(0)
})

it('what is unknown is said with its reason, a month a line', async () => {
  const { stdout, code } = await audit('true', '--from', '2024-10-01')
  const unknown = 'unknown (no_devices)'
  expect(tableIn(stdout)).toEqual([
    ['2024-10', unknown, unknown, unknown, unknown, unknown, unknown, 'unknown'],
    expect.arrayContaining(['2024-11', '60.00 min', '100.000 %', 'no']),
    expect.arrayContaining(['whole', '100.000 %', 'no']),
  ])
  expect(code).toBe(0)
})

it('--json prints the same for machines', async () => {
  const { stdout, code } = await audit('true', ...FOUR_HOURS, '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'proved',
    area_id: 'true',
    asked: { ipfs_url: gateway.url, chain_id: 31337 },
    latest: { number: 3 },
    counts: { batches: 3, records: 35, readings: 33, device_events: 2, devices: 2, outages: 1 },
    as_of: '2024-11-21T04:00:00.000Z',
    outages: [
      {
        outage_id: `true.20241121T020000Z.${TRANSFORMER}`,
        ...{ started_at: '2024-11-21T02:00:00Z', ended_at: '2024-11-21T03:00:00Z' },
        ...{ area_id: 'true', local: false, devices: 2, customers_affected: 100 },
      },
    ],
    gaps: [
      { device_id: TRANSFORMER, kind: 'numbers_missing', after_seq: 2, before_seq: 4, missing: 1 },
    ],
    whole: {
      from: '2024-11-21T00:00:00Z',
      to: '2024-11-21T04:00:00Z',
      saidi: { value: 60, unknown: null },
      asai: { value: 0.75, unknown: null },
      customers_served: { value: 100, unknown: null },
    },
  })
  expect(code).toBe(0)
})

/** Four hours, after which the transformer's key is rotated and it reads once more, signed by `signer`. */
async function withRotatedKey(areaId: string, signer: (old: Key, young: Key) => Key) {
  const { sensors, records } = await fourHours(areaId)
  const { home, transformer } = sensors
  const young = await newKey()
  const at = MIDNIGHT_AT + 241 * MINUTE_MS
  const reading = await signed(signer(transformer.key, young), {
    ...readingOf(records.at(17)),
    seq: 18,
    timestamp: '2024-11-21T04:01:10Z',
  })
  const more = [
    eventOf(areaId, { ...transformer, key: young }, 'key_rotated', at),
    readingRecord(areaId, reading),
    eventOf(areaId, home, 'suspended', at),
  ]
  await publish(areaId, await inThreeBatches(areaId, [...records, ...more]))
}

it('a rotated key counts from its event on, and a suspended time is in no figure', async () => {
  await withRotatedKey('rotated', (_, young) => young)
  const span = ['--from', '2024-11-21T04:02:00Z', '--to', '2024-11-21T04:03:00Z']
  const { stdout, code } = await audit('rotated', ...span, '--json')
  expect(JSON.parse(stdout).whole.customers_served).toEqual({ value: 99, unknown: null })
  expect(code).toBe(0)
})

it('a reading by a key that was rotated away is found out', async () => {
  await withRotatedKey('outworn', (old) => old)
  await expectContradiction('outworn', 'device_signature', `device ${TRANSFORMER}: reading 18: `)
})

async function expectContradiction(areaId: string, code: string, words: string | RegExp) {
  const found = await audit(areaId, '--json')
  expect(found.stderr).toBe('')
  const { verdict, failure } = JSON.parse(found.stdout)
  expect({ verdict, step: failure.step }).toEqual({ verdict: 'disproved', step: code })
  expect(failure.message).toMatch(words)
  expect(found.code).toBe(1)
}

/** A true ledger of three batches whose second is replaced before it is anchored. */
async function publishWithSecond(
  areaId: string,
  second: (batches: readonly SealedFile[], records: readonly LedgerRecord[]) => Promise<SealedFile>,
) {
  const { records } = await fourHours(areaId)
  const batches = await inThreeBatches(areaId, records)
  const [first, , third] = batches
  if (!first || !third) throw new Error('expected three batches')
  await publish(areaId, [first, await second(batches, records), third])
}

it('a file with one letter changed is found out', async () => {
  const { records } = await fourHours('tampered')
  const batches = await inThreeBatches('tampered', records)
  await publish('tampered', batches)
  const [, second] = batches
  if (!second) throw new Error('expected three batches')
  const cid = second.cid.toString()
  const text = new TextDecoder().decode(second.file)
  blocks.set(cid, utf8(text.replace('"OFF"', '"ON"')))
  await expectContradiction(
    'tampered',
    'batch_file',
    `batch 2 of tampered (${cid}): the gateway at ${gateway.url} delivered other bytes than ${cid}`,
  )
  const { stdout, code } = await audit('tampered')
  expect(stdout).toContain('\n✗ batch_file        batch 2 of tampered ')
  expect(stdout).toContain(
    '\nDisproved: the ledger of tampered contradicts its contract or itself (batch_file).\n',
  )
  expect(code).toBe(1)
})

it('a batch that was left out is missed', async () => {
  const { records } = await fourHours('missing')
  const [first, , third] = await inThreeBatches('missing', records)
  if (!first || !third) throw new Error('expected three batches')
  await publish('missing', [first, third])
  await expectContradiction(
    'missing',
    'batch_chain',
    'batch 2 of missing: number: expected 2, got 3',
  )
})

it('a batch that names another predecessor is found out', async () => {
  const lie = 'ab'.repeat(32)
  await publishWithSecond('forked', async ([first], records) =>
    seal('forked', first?.header, records.slice(5, 9), { previous_root: lie }),
  )
  await expectContradiction(
    'forked',
    'batch_chain',
    /^batch 2 of forked: previous_root: expected [0-9a-f]{64}, got (?:ab){32}$/,
  )
})

it('a file whose root is not the anchored one is found out', async () => {
  const anchored = 'ef'.repeat(32)
  await publishWithSecond('swapped', async ([, second]) => {
    if (!second) throw new Error('expected three batches')
    return { ...second, header: { ...second.header, root: anchored } }
  })
  await expectContradiction(
    'swapped',
    'batch_file',
    /^batch 2 of swapped: root: expected (?:ef){32}, got [0-9a-f]{64}$/,
  )
})

it('records that do not hash to the root of their file are found out', async () => {
  await publishWithSecond('unsummed', async ([first], records) =>
    seal('unsummed', first?.header, records.slice(5, 9), { root: 'cd'.repeat(32) }),
  )
  await expectContradiction(
    'unsummed',
    'batch_file',
    /root: header says (?:cd){32}, records hash to/,
  )
})

it('a reading that its device did not sign is found out', async () => {
  await publishWithSecond('forged', async ([first], records) => {
    const reading = readingOf(
      records.find((record) => record.type === 'reading' && record.reading.seq === 10),
    )
    return seal('forged', first?.header, [
      readingRecord('forged', { ...reading, power_status: 'ON' }),
    ])
  })
  await expectContradiction(
    'forged',
    'device_signature',
    /^batch 2 of forged, record 1: device 01230000000000000A: reading 10: expected a signature by the enrolled key 04[0-9a-f]{128}, got another$/,
  )
})

it('a reading of a device that nobody enrolled is found out', async () => {
  const { records } = await fourHours('stranger')
  const known = records.filter(
    (record) => record.type !== 'device_event' || record.device.device_id !== HOME,
  )
  await publish('stranger', await inThreeBatches('stranger', known))
  await expectContradiction(
    'stranger',
    'enrolment',
    `device ${HOME}: expected it enrolled and active at 2024-11-21T00:00:01.000Z, got no enrolment`,
  )
})

it('a reading that came while its device was suspended is found out', async () => {
  const { sensors, records } = await fourHours('suspended')
  const suspended = eventOf('suspended', sensors.home, 'suspended', MIDNIGHT_AT + 95 * MINUTE_MS)
  await publish('suspended', await inThreeBatches('suspended', [...records, suspended]))
  await expectContradiction(
    'suspended',
    'enrolment',
    `device ${HOME}: expected it enrolled and active at 2024-11-21T01:45:01.000Z, got suspended`,
  )
})

it('an event that cannot follow the one before is found out', async () => {
  const { sensors, records } = await fourHours('twice')
  const again = eventOf('twice', sensors.home, 'enrolled', MIDNIGHT_AT + 95 * MINUTE_MS)
  await publish('twice', await inThreeBatches('twice', [...records, again]))
  await expectContradiction(
    'twice',
    'enrolment',
    `device ${HOME}: enrolled: expected it not enrolled or suspended before, got active`,
  )
})

it('with --cache a second audit needs no gateway, and damage in the folder is found and mended', async () => {
  const cache = join(contract.dir, 'cache')
  const nowhere = `http://127.0.0.1:${await freePort()}`
  expect((await audit('true', '--cache', cache)).code).toBe(0)
  const kept = await readdir(cache)
  expect(kept).toHaveLength(3)
  const again = await audit('true', '--cache', cache, '--ipfs', nowhere)
  expect(again.code).toBe(0)

  const [name = ''] = kept
  await writeFile(join(cache, name), concat(blocks.get(name) ?? new Uint8Array(), utf8('\n')))
  const damaged = await audit('true', '--cache', cache, '--ipfs', nowhere)
  expect(damaged.stderr).toContain(`did not deliver ${name}`)
  expect(damaged.code).toBe(2)
  expect((await audit('true', '--cache', cache)).code).toBe(0)
  expect((await audit('true', '--cache', cache, '--ipfs', nowhere)).code).toBe(0)
})

it('what cannot be had leaves the question open', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const noGateway = await audit('true', '--ipfs', nowhere)
  expect(noGateway.stderr).toMatch(
    `gridwitness audit: the IPFS gateway at ${nowhere} did not deliver b`,
  )
  expect(noGateway.code).toBe(2)

  const noBatch = await audit('nobody')
  expect(noBatch.stderr).toBe(
    'gridwitness audit: contract: expected batches of nobody, got none; an area with others below it is audited with --compare, by which a portal names them\n',
  )
  expect(noBatch.code).toBe(2)

  const noNode = await gridwitness(['audit', '--area', 'true', '--rpc', nowhere, '--ipfs', nowhere])
  expect(noNode.stderr).toContain(`the Ethereum node at ${nowhere} did not answer eth_chainId`)
  expect(noNode.code).toBe(2)
})

it.each([
  [['--to', '2024-11-31'], '--to: expected a time that exists, got "2024-11-31"'],
  [
    ['--from', 'monday'],
    '--from: expected a time like 2026-11-21T05:30:00Z, got "monday"; expected a time that exists, got "monday"',
  ],
  [
    ['--from', '2024-11-02', '--to', '2024-11-02'],
    '--to: expected a time after 2024-11-02T00:00:00Z, got 2024-11-02T00:00:00Z',
  ],
])('%j is refused in plain words', async (options, words) => {
  const { stderr, code } = await audit('true', ...options)
  expect(stderr).toContain(`gridwitness audit: ${words}\n`)
  expect(code).toBe(2)
})
