import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { utf8 } from '../../../shared/bytes.ts'
import { proofFileName, type ProofBundle } from '../../../shared/proof/index.ts'
import { startChain } from '../../../stack/chain/index.ts'
import { freePort } from '../../../stack/ports.ts'
import { DEVICE_ID, startAnchoredLedger, startGateway, type AnchoredLedger } from './ledger.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

let ledger: AnchoredLedger
let file: string

beforeAll(async () => {
  ledger = await startAnchoredLedger()
  file = await saved(ledger.bundle)
}, 60_000)
afterAll(() => ledger?.stop())

let files = 0
async function saved(bundle: unknown): Promise<string> {
  files += 1
  const folder = join(ledger.dir, `bundle-${files}`)
  await mkdir(folder)
  const path = join(folder, proofFileName(ledger.bundle.leaf_hash))
  await writeFile(path, JSON.stringify(bundle))
  return path
}

const everywhere = () => [
  '--rpc',
  ledger.rpcUrl,
  '--ipfs',
  ledger.gatewayUrl,
  '--deployments',
  ledger.deployments,
]

/** Mark and step of each line that shows one. */
const stepsIn = (stdout: string) =>
  [...stdout.matchAll(/^([✓–·✗]) \d (\w+)/gmu)].map(([, mark, step]) => `${mark} ${step}`)

const nowhere = async () => `http://127.0.0.1:${await freePort()}`

it('a true bundle is proved step by step', async () => {
  const { stdout, stderr, code } = await gridwitness(['verify', file, ...everywhere()])
  expect(stderr).toBe('')
  const { anchor } = ledger.bundle
  expect(stdout.split('\n').filter((line) => !line.startsWith('    '))).toEqual([
    `Ethereum: chain 31337 through ${ledger.rpcUrl}`,
    `Contract: ${anchor.contract}, trusted by ${join(ledger.deployments, '31337.json')}`,
    `IPFS:     through ${ledger.gatewayUrl}`,
    '',
    '✓ 1 well_formed       The bundle is a well-formed proof for a reading of area in-br-patna.',
    expect.stringContaining('✓ 2 record_hash '),
    `✓ 3 device_signature  Device ${DEVICE_ID} signed that mains were OFF at 2026-11-21T05:41:07Z.`,
    '✓ 4 inclusion         The record is number 3 of the 3 records sealed in batch 1 of in-br-patna.',
    expect.stringContaining(
      `✓ 5 anchor            The batch was fixed on Ethereum chain 31337 at ${anchor.anchored_at}`,
    ),
    expect.stringContaining('✓ 6 enrolment '),
    expect.stringContaining('✓ 7 batch_file '),
    expect.stringContaining(
      '✓ 8 disclosure        The disclosed location is what was committed to',
    ),
    '',
    `Proved: this record stands in the ledger, unchanged since ${anchor.anchored_at}.`,
    '',
  ])
  expect(stdout).toContain(
    '\n    but: It proves which key signed, not that the sensor was wired or placed as claimed.\n',
  )
  expect(stdout).toContain(
    `\n    contract ${anchor.contract} · transaction ${anchor.transaction} · confirmations 1 ·`,
  )
  expect(code).toBe(0)
})

it('the contract may be given instead of looked up, in any case of its letters, and the bundle on standard input', async () => {
  const args = [
    'verify',
    '-',
    '--rpc',
    ledger.rpcUrl,
    '--ipfs',
    ledger.gatewayUrl,
    '--contract',
    ledger.contract,
  ]
  const { stdout, code } = await gridwitness(args, { stdin: JSON.stringify(ledger.bundle) })
  expect(stdout).toContain(`Contract: ${ledger.contract.toLowerCase()}, trusted by --contract\n`)
  expect(code).toBe(0)
})

it('--json prints the evidence for machines', async () => {
  const { stdout, code } = await gridwitness(['verify', file, ...everywhere(), '--json'])
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({
    verdict: 'proved',
    failure: null,
    asked: {
      rpc_url: ledger.rpcUrl,
      chain_id: 31337,
      contract: ledger.bundle.anchor.contract,
      ipfs_url: ledger.gatewayUrl,
    },
  })
  expect(
    report.evidence.map(
      ({ step, status }: { step: string; status: string }) => `${step} ${status}`,
    ),
  ).toEqual([
    'malformed proved',
    'record_hash proved',
    'device_signature proved',
    'inclusion proved',
    'anchor proved',
    'enrolment proved',
    'batch_file proved',
    'disclosure proved',
  ])
  expect(code).toBe(0)
})

const LIE = 'ab'.repeat(32)
const TAMPERED: [string, string, (bundle: ProofBundle) => unknown][] = [
  ['another leaf hash', 'record_hash', (bundle) => ({ ...bundle, leaf_hash: LIE })],
  [
    'another key',
    'device_signature',
    (bundle) => ({
      ...bundle,
      device: {
        ...bundle.device,
        public_key: `046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5`,
      },
    }),
  ],
  ['another path', 'inclusion', (bundle) => ({ ...bundle, path: bundle.path.map(() => LIE) })],
  [
    'another block',
    'anchor',
    (bundle) => ({ ...bundle, anchor: { ...bundle.anchor, block_hash: `0x${LIE}` } }),
  ],
  [
    'an earlier time',
    'anchor',
    (bundle) => ({
      ...bundle,
      anchor: { ...bundle.anchor, anchored_at: '2020-01-01T00:00:00.000Z' },
    }),
  ],
  [
    'an invented enrolment',
    'enrolment',
    (bundle) => ({
      ...bundle,
      device: { ...bundle.device, enrolment: { ...bundle.device?.enrolment, leaf_hash: LIE } },
    }),
  ],
  [
    'another sealing time',
    'batch_file',
    (bundle) => ({ ...bundle, batch: { ...bundle.batch, sealed_at: '2026-11-21T05:46:00.000Z' } }),
  ],
  [
    'another disclosed place',
    'disclosure',
    (bundle) => ({
      ...bundle,
      disclosures: { location: { salt: 'AAECAwQFBgcICQoLDA0ODw', value: '0.00000,0.00000' } },
    }),
  ],
]

it.each(TAMPERED)('a bundle with %s is disproved at %s', async (_, step, tamper) => {
  const { stdout, code } = await gridwitness([
    'verify',
    await saved(tamper(ledger.bundle)),
    ...everywhere(),
  ])
  const steps = stepsIn(stdout)
  expect(steps.at(-1)).toBe(`✗ ${step}`)
  expect(steps.slice(0, -1).every((line) => line.startsWith('✓'))).toBe(true)
  expect(stdout).toMatch(new RegExp(`\\nDisproved: .* \\(${step}\\) fails\\.\\n$`))
  expect(code).toBe(1)
})

it('--json names the step that fails', async () => {
  const { stdout, code } = await gridwitness(['verify', '-', '--json'], {
    stdin: JSON.stringify({ ...ledger.bundle, leaf_hash: LIE }),
  })
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'disproved',
    failure: { step: 'record_hash' },
  })
  expect(code).toBe(1)
})

it('without a node and a gateway it says what it could not check', async () => {
  const { stdout, code } = await gridwitness(['verify', file])
  expect(stepsIn(stdout)).toEqual([
    '✓ well_formed',
    '✓ record_hash',
    '✓ device_signature',
    '✓ inclusion',
    '– anchor',
    '– enrolment',
    '– batch_file',
    '✓ disclosure',
  ])
  expect(stdout).toContain(
    '\nNot proved: anchor, enrolment, and batch_file could not be checked; ' +
      'nothing that was checked speaks against the record. Give --rpc URL and --ipfs URL to check them.\n',
  )
  expect(code).toBe(2)
})

it('without a gateway only the anchor is proved', async () => {
  const { stdout, code } = await gridwitness([
    'verify',
    file,
    '--rpc',
    ledger.rpcUrl,
    '--deployments',
    ledger.deployments,
  ])
  expect(stepsIn(stdout).slice(4)).toEqual([
    '✓ anchor',
    '– enrolment',
    '– batch_file',
    '✓ disclosure',
  ])
  expect(stdout).toContain(' Give --ipfs URL to check them.\n')
  expect(code).toBe(2)
})

it('a gateway that is down leaves open what needs the file', async () => {
  const args = [
    'verify',
    file,
    '--rpc',
    ledger.rpcUrl,
    '--deployments',
    ledger.deployments,
    '--ipfs',
    await nowhere(),
  ]
  const { stdout, code } = await gridwitness(args)
  expect(stepsIn(stdout).slice(4)).toEqual([
    '✓ anchor',
    '– enrolment',
    '– batch_file',
    '✓ disclosure',
  ])
  expect(stdout).toContain(`did not deliver ${ledger.cid}`)
  expect(code).toBe(2)
})

it('a gateway that delivers other bytes is found out', async () => {
  const liar = await startGateway(new Map([[ledger.cid, utf8('all was well\n')]]))
  try {
    const args = [
      'verify',
      file,
      '--rpc',
      ledger.rpcUrl,
      '--deployments',
      ledger.deployments,
      '--ipfs',
      liar.url,
    ]
    const { stdout, code } = await gridwitness(args)
    expect(stepsIn(stdout).at(-1)).toBe('✗ batch_file')
    expect(code).toBe(1)
  } finally {
    await liar.stop()
  }
})

it('a node that does not answer leaves the anchor open', async () => {
  const rpc = await nowhere()
  const { stdout, code } = await gridwitness([
    'verify',
    file,
    '--rpc',
    rpc,
    '--ipfs',
    ledger.gatewayUrl,
  ])
  expect(stdout).toContain(
    `– 5 anchor            Not checked: the Ethereum node at ${rpc} did not answer eth_chainId.\n`,
  )
  expect(stdout).toContain(`Ethereum: unknown chain through ${rpc}\n`)
  expect(code).toBe(2)
})

it('a contract other than the trusted one is not believed', async () => {
  const other = '0x00000000000000000000000000000000000000aa'
  const args = [
    'verify',
    file,
    '--rpc',
    ledger.rpcUrl,
    '--ipfs',
    ledger.gatewayUrl,
    '--contract',
    other,
  ]
  const { stdout, code } = await gridwitness(args)
  expect(stdout).toContain(
    `– 5 anchor            contract: the bundle says ${ledger.bundle.anchor.contract}, found ${other}\n`,
  )
  expect(stdout).toMatch(
    /\nNot proved: the bundle is anchored in another contract .* than the one you trust/,
  )
  expect(code).toBe(2)
})

it('a node on another chain: no contract is known there, or the bundle is of another chain', async () => {
  const chain = await startChain({ dir: join(ledger.dir, 'other-chain'), chainId: 4242 })
  try {
    const args = ['verify', file, '--rpc', chain.rpcUrl, '--ipfs', ledger.gatewayUrl]
    const unknown = await gridwitness([...args, '--deployments', ledger.deployments])
    expect(unknown.stdout).toContain(
      'Not checked: no contract to trust is known on chain 4242: expected --contract 0x… or a deployment in ' +
        `${join(ledger.deployments, '4242.json')}.\n`,
    )
    expect(unknown.code).toBe(2)

    const other = await gridwitness([...args, '--contract', ledger.contract])
    expect(other.stdout).toContain(
      '– 5 anchor            chain id: the bundle says 31337, found 4242\n',
    )
    expect(other.code).toBe(2)
  } finally {
    await chain.stop()
  }
})

it('a deployment file of another chain is not believed', async () => {
  const folder = join(ledger.dir, 'mixed-up')
  await mkdir(folder)
  await writeFile(
    join(folder, '31337.json'),
    JSON.stringify({
      chain_id: 1,
      contract: ledger.contract,
      transaction: `0x${'1'.repeat(64)}`,
      block_number: 1,
      code_hash: `0x${'2'.repeat(64)}`,
      deployed_at: '2026-11-21T08:00:00.000Z',
    }),
  )
  const { stdout, code } = await gridwitness([
    'verify',
    file,
    '--rpc',
    ledger.rpcUrl,
    '--deployments',
    folder,
  ])
  expect(stdout).toContain('31337.json: chain_id: expected 31337, got 1.\n')
  expect(code).toBe(2)
})

it('what a bundle holds can neither steer the terminal nor forge a line', async () => {
  const name = 'x\u001b[2K\n✓ 5 anchor \u009b1m\u202e'
  const bundle = {
    ...ledger.bundle,
    disclosures: { [name]: { salt: 'AAECAwQFBgcICQoLDA0ODw', value: 'y' } },
  }
  const { stdout, code } = await gridwitness(['verify', '-'], { stdin: JSON.stringify(bundle) })
  expect(stdout).toContain('✗ 8 disclosure        x\\u001b[2K\\u000a✓ 5 anchor \\u009b1m\\u202e: ')
  expect(stdout).not.toMatch(/[\u001b\u009b\u202e]/)
  expect(code).toBe(1)
})

it('a file that is no bundle is told from one that is false, one that cannot be read could not be checked', async () => {
  const prose = await gridwitness(['verify', '-'], { stdin: 'the power was on' })
  expect(stepsIn(prose.stdout)).toEqual(['– well_formed'])
  expect(prose.stdout).toMatch(/\nNot a proof: .*\n$/)
  expect(prose.stdout).not.toMatch(/disproved/i)
  expect(prose.code).toBe(2)

  const photograph = Buffer.from('ffd8ffe000104a464946', 'hex')
  const forMachines = await gridwitness(['verify', '-', '--json'], { stdin: photograph })
  expect(JSON.parse(forMachines.stdout)).toMatchObject({
    verdict: 'not_a_proof',
    failure: { step: 'malformed' },
  })
  expect(forMachines.code).toBe(2)

  const absent = await gridwitness(['verify', join(ledger.dir, 'absent')])
  expect(absent.stderr).toBe(
    `gridwitness verify: ${join(ledger.dir, 'absent')}: expected a file that can be read, got no such file\n`,
  )
  expect(absent.code).toBe(2)
})
