import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { cidOfFile } from '../../../server/adapters/unixfs.ts'
import { areaIdBytes32 } from '../../../shared/area.ts'
import { utf8 } from '../../../shared/bytes.ts'
import { freePort } from '../../../stack/ports.ts'
import { anchor, fourHours, inThreeBatches, type SealedFile } from './audited-area.ts'
import { startContract, startGateway } from './ledger.ts'
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

async function batchesOf(areaId: string): Promise<[SealedFile, SealedFile, SealedFile]> {
  const { records } = await fourHours(areaId)
  const [first, second, third] = await inThreeBatches(areaId, records)
  if (!first || !second || !third) throw new Error('expected three batches')
  return [first, second, third]
}

const pin = ({ cid, file }: SealedFile) => blocks.set(cid.toString(), file)

const newFolder = () => mkdtemp(join(contract.dir, 'mirror-'))

const optionsFor = (areaId: string, dir: string, ...more: string[]) => [
  'mirror',
  '--area',
  areaId,
  '--dir',
  dir,
  '--rpc',
  contract.chain.rpcUrl,
  '--deployments',
  contract.deployments,
  ...(more.includes('--ipfs') ? [] : ['--ipfs', gateway.url]),
  '--confirmations',
  '1',
  ...more,
]
const mirrorOnce = (areaId: string, dir: string, ...more: string[]) =>
  gridwitness(optionsFor(areaId, dir, '--once', ...more))

const linesOf = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('kept '))
const kept = (areaId: string, ...numbers: number[]) =>
  numbers.map((number) => expect.stringContaining(`kept batch ${number} of ${areaId}: `))

it('keeps each file with its anchor, once, byte for byte', async () => {
  const dir = await newFolder()
  const batches = await batchesOf('kept')
  for (const batch of batches) pin(batch)
  await anchor(contract.ledger, 'kept', batches)
  const first = await mirrorOnce('kept', dir)
  expect(first.stderr).toBe('')
  expect(linesOf(first.stdout)).toEqual(kept('kept', 1, 2, 3))
  expect(first.code).toBe(0)
  expect((await readdir(join(dir, 'kept'))).sort()).toEqual(
    [1, 2, 3].flatMap((number) => [`kept-${number}.anchor.json`, `kept-${number}.jsonl`]),
  )
  for (const [index, { file, cid, header }] of batches.entries()) {
    const copy = await readFile(join(dir, 'kept', `kept-${index + 1}.jsonl`))
    expect(new Uint8Array(copy)).toEqual(file)
    expect((await cidOfFile(chunked(copy))).toString()).toBe(cid.toString())
    const told = await readFile(join(dir, 'kept', `kept-${index + 1}.anchor.json`), 'utf8')
    expect(JSON.parse(told)).toMatchObject({
      area_id: 'kept',
      number: index + 1,
      root: header.root,
      size: header.size,
      cid: cid.toString(),
    })
  }

  const again = await mirrorOnce('kept', dir)
  expect(linesOf(again.stdout)).toEqual([])
  expect(again.code).toBe(0)
})

async function* chunked(bytes: Uint8Array) {
  yield bytes
}

it('its blocks are all that an audit needs besides a node', async () => {
  const dir = await newFolder()
  expect((await mirrorOnce('kept', dir)).code).toBe(0)
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const { stdout, code } = await gridwitness([
    'audit',
    ...['--area', 'kept', '--rpc', contract.chain.rpcUrl, '--deployments', contract.deployments],
    ...['--ipfs', nowhere, '--cache', join(dir, 'blocks')],
  ])
  expect(stdout).toContain('Holds: the ledger of kept, whole up to batch 3.')
  expect(code).toBe(0)
})

it('a file that cannot be had is named, waited for, and kept when it comes', async () => {
  const dir = await newFolder()
  const [first, second, third] = await batchesOf('withheld')
  pin(first)
  pin(third)
  await anchor(contract.ledger, 'withheld', [first, second, third])
  const without = await mirrorOnce('withheld', dir)
  expect(linesOf(without.stdout)).toEqual(kept('withheld', 1))
  expect(without.stderr).toContain('batch 2 of withheld could not be had: the IPFS gateway at ')
  expect(without.code).toBe(2)

  pin(second)
  const later = await mirrorOnce('withheld', dir)
  expect(linesOf(later.stdout)).toEqual(kept('withheld', 2, 3))
  expect(later.code).toBe(0)
})

it('a running mirror keeps what is anchored while it looks, and goes on after kill −9', async () => {
  const dir = await newFolder()
  const [first, second, third] = await batchesOf('followed')
  for (const batch of [first, second, third]) pin(batch)
  await anchor(contract.ledger, 'followed', [first])
  const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, ...optionsFor('followed', dir, '--every', '0.05')])
  const seen: string[] = []
  const ended = new Promise((resolve) => child.on('close', resolve))
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('kept ')) seen.push(line)
    if (seen.length === 1 && line.startsWith('kept '))
      await anchorNext(contract.ledger, 'followed', first, second)
    if (seen.length === 2) child.kill('SIGKILL')
  }
  await ended
  expect(seen).toEqual(kept('followed', 1, 2))

  await anchorNext(contract.ledger, 'followed', second, third)
  const after = await mirrorOnce('followed', dir)
  expect(linesOf(after.stdout)).toEqual(kept('followed', 3))
})

async function anchorNext(
  ledger: typeof contract.ledger,
  areaId: string,
  before: SealedFile,
  { header, cid }: SealedFile,
) {
  const batch = {
    areaId: areaIdBytes32(areaId),
    previousRoot: `0x${before.header.root}`,
    root: `0x${header.root}`,
    size: header.size,
    cid: cid.bytes,
  }
  await (await ledger.getFunction('anchor')([batch])).wait()
}

it('a file with one letter changed is raised, and nothing of it is kept', async () => {
  const dir = await newFolder()
  const [first, second, third] = await batchesOf('altered')
  pin(first)
  pin(third)
  const cid = second.cid.toString()
  blocks.set(cid, utf8(new TextDecoder().decode(second.file).replace('"OFF"', '"ON"')))
  await anchor(contract.ledger, 'altered', [first, second, third])
  const { stderr, code } = await mirrorOnce('altered', dir)
  expect(stderr).toContain(`✗ batch_file: batch 2 of altered (${cid}): the gateway at `)
  expect(code).toBe(1)
  expect((await readdir(join(dir, 'altered'))).sort()).toEqual([
    'altered-1.anchor.json',
    'altered-1.jsonl',
  ])
})

it('what was kept and no longer stands on the contract is raised', async () => {
  const dir = await newFolder()
  const snapshot = await contract.provider.send('evm_snapshot', [])
  const batches = await batchesOf('rewritten')
  for (const batch of batches) pin(batch)
  await anchor(contract.ledger, 'rewritten', batches)
  expect((await mirrorOnce('rewritten', dir)).code).toBe(0)

  await contract.provider.send('evm_revert', [snapshot])
  const others = await batchesOf('rewritten')
  for (const batch of others) pin(batch)
  await anchor(contract.ledger, 'rewritten', others)
  const { stderr, code } = await mirrorOnce('rewritten', dir)
  expect(stderr).toMatch(
    /✗ batch_chain: batch 3 of rewritten: root kept before: expected [0-9a-f]{64}, got [0-9a-f]{64}/,
  )
  expect(code).toBe(1)
})

it('only what is confirmed is kept', async () => {
  const dir = await newFolder()
  const batches = await batchesOf('young')
  for (const batch of batches) pin(batch)
  await anchor(contract.ledger, 'young', batches)
  const options = optionsFor('young', dir, '--once').map((word, index, all) =>
    all[index - 1] === '--confirmations' ? '3' : word,
  )
  expect(linesOf((await gridwitness(options)).stdout)).toEqual([])
  await contract.provider.send('evm_mine', [])
  expect(linesOf((await gridwitness(options)).stdout)).toEqual([])
  await contract.provider.send('evm_mine', [])
  expect(linesOf((await gridwitness(options)).stdout)).toEqual(kept('young', 1, 2, 3))
})

it('the folder of another mirror is refused', async () => {
  const dir = await newFolder()
  expect((await mirrorOnce('kept', dir)).code).toBe(0)
  const { stderr, code } = await mirrorOnce('young', dir)
  expect(stderr).toContain('gridwitness mirror: --dir: expected a mirror of young of 0x')
  expect(stderr).toContain('got one of kept of 0x')
  expect(code).toBe(2)
  await rm(dir, { recursive: true })
})
