import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CarReader } from '@ipld/car'
import { create, type KuboRPCClient } from 'kubo-rpc-client'
import type { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startIpfs, type Ipfs } from '../../../stack/ipfs/index.ts'
import { bytesOf, carOf, fileOf, patterned, type File } from './content.ts'

const VECTORS = new URL('../../vectors/', import.meta.url)
const vectors = z
  .array(
    z.union([
      z.object({ file: z.string(), cid: z.string() }),
      z.object({ length: z.number(), cid: z.string() }),
    ]),
  )
  .parse(JSON.parse(readFileSync(new URL('cids.json', VECTORS), 'utf8')))
  .map((vector) => ({
    name: 'file' in vector ? vector.file : `${vector.length} bytes`,
    cid: vector.cid,
    content: () =>
      'file' in vector
        ? new Uint8Array(readFileSync(new URL(vector.file, VECTORS)))
        : patterned(vector.length),
  }))

interface Store {
  ipfs: Ipfs
  kubo: KuboRPCClient
}

async function start(dir?: string): Promise<Store & { dir: string }> {
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'ipfs-'))
  if (dir === undefined) onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const ipfs = await startIpfs({ dir: folder })
  onTestFinished(() => ipfs.stop())
  return { ipfs, kubo: create({ url: ipfs.apiUrl }), dir: folder }
}

async function add(kubo: KuboRPCClient, file: File) {
  const roots: { cid: string; pinErrorMsg: string }[] = []
  for await (const { root } of kubo.dag.import(carOf(file), { pinRoots: true })) {
    roots.push({ cid: root.cid.toString(), pinErrorMsg: root.pinErrorMsg ?? '' })
  }
  return roots
}

async function pinned(kubo: KuboRPCClient, cid?: CID): Promise<string[]> {
  const found: string[] = []
  const paths = cid === undefined ? {} : { paths: [cid] }
  for await (const pin of kubo.pin.ls(paths)) found.push(`${pin.cid} ${pin.type}`)
  return found
}

describe('a file of the vectors', () => {
  it.each(vectors)('$name is imported, pinned and given back equal', async ({ cid, content }) => {
    const { kubo } = await start()
    const bytes = content()
    const file = await fileOf(bytes)
    expect(file.root.toString()).toBe(cid)

    expect(await add(kubo, file)).toEqual([{ cid, pinErrorMsg: '' }])
    expect(Buffer.compare(await bytesOf(kubo.cat(file.root)), bytes)).toBe(0)
    for (const block of file.blocks) {
      expect(Buffer.compare(await kubo.block.get(block.cid), block.bytes)).toBe(0)
      expect(await kubo.block.stat(block.cid)).toEqual({
        cid: block.cid,
        size: block.bytes.length,
      })
    }
    expect(await pinned(kubo, file.root)).toEqual([`${cid} recursive`])
    expect(await pinned(kubo)).toEqual([`${cid} recursive`])
  })
})

it('a part of a file is given back by offset and length, across chunks and past the end', async () => {
  const { kubo } = await start()
  const bytes = patterned(9_000_000)
  const file = await fileOf(bytes)
  await add(kubo, file)
  for (const [offset, length] of [
    [0, 10],
    [1_048_570, 7],
    [1_048_576, 100],
    [4_194_303, 2],
    [5, 8_900_000],
    [8_999_999, 100],
    [9_000_000, 1],
    [50_000_000, 1],
    [3, 0],
  ] as const) {
    const part = await bytesOf(kubo.cat(file.root, { offset, length }))
    expect(Buffer.compare(part, bytes.subarray(offset, offset + length))).toBe(0)
  }
})

it('a DAG is exported as a CAR with the same blocks', async () => {
  const { kubo } = await start()
  const file = await fileOf(patterned(3_145_733))
  await add(kubo, file)
  const car = await CarReader.fromBytes(await bytesOf(kubo.dag.export(file.root)))
  expect((await car.getRoots()).map(String)).toEqual([file.root.toString()])
  const cids: string[] = []
  for await (const cid of car.cids()) cids.push(cid.toString())
  expect(cids.sort()).toEqual(file.blocks.map(({ cid }) => cid.toString()).sort())
})

it('a block that does not match its CID is refused, and nothing is pinned', async () => {
  const { kubo } = await start()
  const file = await fileOf(patterned(1_048_577))
  const blocks = file.blocks.map(({ cid, bytes }, i) => {
    const copy = Uint8Array.from(bytes)
    if (i === 0) copy.set([(copy[5] ?? 0) ^ 1], 5)
    return { cid, bytes: copy }
  })
  await expect(add(kubo, { ...file, blocks })).rejects.toThrow(/mismatch in content integrity/)
  expect(await pinned(kubo)).toEqual([])
})

it('a root of which a block is missing is not pinned, and the reason is told', async () => {
  const { kubo } = await start()
  const file = await fileOf(patterned(1_048_577))
  const missing = file.blocks[0]?.cid
  const roots = await add(kubo, { ...file, blocks: file.blocks.slice(1) })
  expect(roots).toEqual([
    {
      cid: file.root.toString(),
      pinErrorMsg: expect.stringContaining(`could not find ${missing}`),
    },
  ])
  expect(await pinned(kubo)).toEqual([])
})

it('a CAR that names another root than it holds does not pin it', async () => {
  const { kubo } = await start()
  const other = await fileOf(patterned(10))
  const { blocks } = await fileOf(patterned(11))
  const roots = await add(kubo, { root: other.root, blocks })
  expect(roots).toEqual([
    { cid: other.root.toString(), pinErrorMsg: expect.stringContaining('could not find') },
  ])
  await expect(pinned(kubo, other.root)).rejects.toThrow(`path '${other.root}' is not pinned`)
})

it.each([
  ['nothing', new Uint8Array()],
  ['no CAR', new TextEncoder().encode('hello, this is no CAR')],
  ['a CAR header of a terabyte', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0, 0, 0)],
])('%s is refused with an error, and the store still serves', async (_, bytes) => {
  const { kubo } = await start()
  const answer = kubo.dag.import([bytes])[Symbol.asyncIterator]().next()
  await expect(answer).rejects.toThrow(/CAR|mismatch|Invalid|expected/)
  expect(await kubo.version()).toHaveProperty('version')
})

it('a block larger than Kubo takes is refused', async () => {
  const { kubo } = await start()
  const { root, blocks } = await fileOf(patterned(10))
  const large = blocks.map(({ cid }) => ({ cid, bytes: new Uint8Array(3_000_000) }))
  await expect(add(kubo, { root, blocks: large })).rejects.toThrow(/expected at most 1049600 bytes/)
})

it('what is not there is an error as in Kubo', async () => {
  const { kubo } = await start()
  const { root } = await fileOf(patterned(10))
  const missing = `block was not found locally (offline): ipld: could not find ${root}`
  await expect(kubo.block.get(root)).rejects.toThrow(missing)
  await expect(kubo.block.stat(root)).rejects.toThrow(missing)
  await expect(bytesOf(kubo.cat(root))).rejects.toThrow(missing)
  await expect(bytesOf(kubo.dag.export(root))).rejects.toThrow(missing)
  await expect(kubo.pin.rm(root)).rejects.toThrow('not pinned or pinned indirectly')
  await expect(bytesOf(kubo.cat('not-a-cid'))).rejects.toThrow('invalid path "not-a-cid"')
})

it('a pin that is removed is no longer listed', async () => {
  const { kubo } = await start()
  const file = await fileOf(patterned(10))
  await add(kubo, file)
  expect((await kubo.pin.rm(file.root)).toString()).toBe(file.root.toString())
  expect(await pinned(kubo)).toEqual([])
})

it('stopping and starting again keeps files and pins', async () => {
  const first = await start()
  const bytes = patterned(1_048_577)
  const file = await fileOf(bytes)
  await add(first.kubo, file)
  await first.ipfs.stop()
  const { kubo } = await start(first.dir)
  expect(Buffer.compare(await bytesOf(kubo.cat(file.root)), bytes)).toBe(0)
  expect(await pinned(kubo)).toEqual([`${file.root} recursive`])
})

it('a kill right after the answer keeps files and pins', async () => {
  const first = await start()
  const bytes = patterned(3_145_733)
  const file = await fileOf(bytes)
  await add(first.kubo, file)
  process.kill(first.ipfs.pid, 'SIGKILL')
  await first.ipfs.exited
  const { kubo } = await start(first.dir)
  expect(Buffer.compare(await bytesOf(kubo.cat(file.root)), bytes)).toBe(0)
  expect(await pinned(kubo)).toEqual([`${file.root} recursive`])
})

it('a port that is taken is told', async () => {
  const { ipfs } = await start()
  const dir = mkdtempSync(join(tmpdir(), 'ipfs-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const port = Number(new URL(ipfs.apiUrl).port)
  await expect(startIpfs({ dir, port })).rejects.toThrow(/EADDRINUSE/)
})

describe('a request that a page may have made', () => {
  function status(ipfs: Ipfs, method: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const call = request(`${ipfs.apiUrl}/version`, { method, headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      call.on('error', reject).end()
    })
  }

  it('is refused, as is every method but POST', async () => {
    const { ipfs } = await start()
    expect(await status(ipfs, 'POST', {})).toBe(200)
    expect(await status(ipfs, 'GET', {})).toBe(405)
    expect(await status(ipfs, 'POST', { Origin: 'https://example.org' })).toBe(403)
    expect(await status(ipfs, 'POST', { Origin: 'http://127.0.0.1' })).toBe(403)
    expect(await status(ipfs, 'POST', { Referer: 'https://example.org/page' })).toBe(403)
    expect(await status(ipfs, 'POST', { 'User-Agent': 'Mozilla/5.0' })).toBe(403)
    expect(await status(ipfs, 'POST', { Host: 'rebound.example.org' })).toBe(403)
  })
})
