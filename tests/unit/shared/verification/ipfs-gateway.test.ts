import type { ServerResponse } from 'node:http'
import { encode, prepare } from '@ipld/dag-pb'
import { importFile } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { CID } from 'multiformats/cid'
import * as digest from 'multiformats/hashes/digest'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { concat, sha256, utf8 } from '../../../../shared/bytes.ts'
import { ipfsGateway, SourceError, type KeptBlocks } from '../../../../shared/verification/index.ts'
import { refusalOf } from '../refusal.ts'
import { serve } from './http.ts'
import { cidOf } from './ledger.ts'

const DAG_PB = 0x70
const SHA2_256 = 0x12

const blocks = new Map<string, Uint8Array>()
const asked: string[] = []
type Give = (response: ServerResponse, block: Uint8Array | undefined) => void
const honest: Give = (response, block) =>
  block ? response.end(block) : response.writeHead(404).end()
let give = honest

const gateway = await serve((request, response) => {
  asked.push(`${request.url} ${request.headers.accept}`)
  const cid = /^\/ipfs\/([^/?]+)\?format=raw$/.exec(request.url ?? '')?.[1]
  give(response, blocks.get(cid ?? ''))
})
afterAll(() => gateway[Symbol.asyncDispose]())
beforeEach(() => {
  blocks.clear()
  asked.length = 0
  give = honest
})

async function read(
  cid: { toString(): string },
  options: { gatewayUrl?: string; timeoutMs?: number; kept?: KeptBlocks } = {},
) {
  const parts: Uint8Array[] = []
  const source = ipfsGateway({ gatewayUrl: gateway.url, ...options })
  for await (const part of source.file(cid.toString())) parts.push(part)
  return concat(...parts)
}

function put(block: Uint8Array, codec?: number): CID {
  const cid = codec
    ? CID.createV1(codec, digest.create(SHA2_256, new Uint8Array(sha256(block))))
    : cidOf(block)
  blocks.set(cid.toString(), block)
  return cid
}

/** A file in chunks of so few bytes that its tree has several levels. */
async function addTree(content: Uint8Array): Promise<CID> {
  const source = async function* () {
    yield content
  }
  const store = {
    put: async (cid: CID, block: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
      if (!(block instanceof Uint8Array)) throw new TypeError('expected whole blocks')
      blocks.set(cid.toString(), block)
      return cid
    },
  }
  const { cid } = await importFile({ content: source() }, store, {
    cidVersion: 1,
    rawLeaves: true,
    chunker: fixedSize({ chunkSize: 1 }),
  })
  return cid
}

const content = utf8('mains are on '.repeat(20))

describe('ipfsGateway', () => {
  it('gives out a file of one block, asking for raw blocks only', async () => {
    const cid = put(content)
    expect(await read(cid)).toEqual(content)
    expect(asked).toEqual([`/ipfs/${cid}?format=raw application/vnd.ipld.raw`])
  })

  it('gives out a file of several levels, in order', async () => {
    const cid = await addTree(content)
    expect(cid.code).toBe(DAG_PB)
    expect(await read(cid)).toEqual(content)
    expect(asked.length).toBeGreaterThan(content.length)
  })

  it('takes a gateway URL with a slash at its end', async () => {
    expect(await read(put(content), { gatewayUrl: `${gateway.url}/` })).toEqual(content)
  })

  it('refuses other bytes than the CID names', async () => {
    give = (response) => response.end('other bytes')
    expect(await refusalOf(() => read(put(content)))).toBe('batch_file')
  })

  it('refuses a block longer than any of ours, without reading it to its end', async () => {
    const isLeft = Promise.withResolvers<null>()
    give = (response) => {
      response.on('close', () => isLeft.resolve(null))
      const more = () => {
        while (!response.destroyed && response.write(new Uint8Array(64 * 1024)));
      }
      response.on('drain', more)
      more()
    }
    expect(await refusalOf(() => read(put(content)))).toBe('batch_file')
    await isLeft.promise
  })

  it('refuses few blocks that name each other without end, after as many as a file may have', async () => {
    const twice = (below: CID) => put(encode(prepare({ Links: [below, below] })), DAG_PB)
    const wide = put(
      encode(prepare({ Links: Array.from({ length: 5_000 }, () => put(utf8('x'))) })),
      DAG_PB,
    )
    // Eight files of 5,000 blocks each, made of five.
    const kept = { get: async (cid: string) => blocks.get(cid) ?? null, put: async () => undefined }
    const cid = twice(twice(twice(wide)))
    expect(await refusalOf(() => read(cid, { kept }))).toBe('batch_file')
  })

  it('refuses a damaged block deep in the tree', async () => {
    const cid = await addTree(content)
    for (const [name, block] of blocks) if (block.length === 1) blocks.set(name, utf8('?'))
    expect(await refusalOf(() => read(cid))).toBe('batch_file')
  })

  it.each([
    ['a block that is no dag-pb', () => put(utf8('no node'), DAG_PB)],
    [
      'a node that is no UnixFS',
      () => put(encode(prepare({ Data: utf8('no UnixFS'), Links: [] })), DAG_PB),
    ],
    ['a leaf without content', () => put(encode(prepare({ Links: [put(utf8(''))] })), DAG_PB)],
    ['a node without content', () => put(encode(prepare({ Links: [] })), DAG_PB)],
    ['a block of another codec', () => put(content, 0x71)],
    [
      'a tree deeper than any file of ours',
      () =>
        Array.from({ length: 9 }).reduce<CID>(
          (below) => put(encode(prepare({ Links: [below] })), DAG_PB),
          put(content),
        ),
    ],
  ])('refuses %s', async (_what, make) => {
    expect(await refusalOf(() => read(make()))).toBe('batch_file')
  })

  it('fetches a block once where blocks are kept, and again when the kept one is damaged', async () => {
    const folder = new Map<string, Uint8Array>()
    const kept: KeptBlocks = {
      get: async (cid) => folder.get(cid) ?? null,
      put: async (cid, block) => void folder.set(cid, block),
    }
    const cid = await addTree(content)
    expect(await read(cid, { kept })).toEqual(content)
    const fetched = asked.length
    expect(folder).toEqual(blocks)
    expect(await read(cid, { kept })).toEqual(content)
    expect(asked).toHaveLength(fetched)

    folder.set(cid.toString(), utf8('all was well'))
    expect(await read(cid, { kept })).toEqual(content)
    expect(asked).toHaveLength(fetched + 1)
    expect(folder).toEqual(blocks)
  })

  it('keeps no block that is not what its CID names', async () => {
    const folder: string[] = []
    const kept: KeptBlocks = {
      get: async () => null,
      put: async (cid) => void folder.push(cid),
    }
    give = (response) => response.end('all was well')
    expect(await refusalOf(() => read(put(content), { kept }))).toBe('batch_file')
    expect(folder).toEqual([])
  })

  const failing: [string, Give][] = [
    ['has no such block', (response) => response.writeHead(404).end()],
    ['is overloaded', (response) => response.writeHead(503).end()],
    [
      'breaks off',
      (response) =>
        response.writeHead(200, { 'content-length': '999' }).write('x', () => response.destroy()),
    ],
  ]
  it.each(failing)('says that the file cannot be had when the gateway %s', async (_what, next) => {
    give = next
    const error = await refusalOf(() => read(put(content)))
    expect(error).toBeInstanceOf(SourceError)
  })

  it('says so when nobody listens, and when nobody answers', async () => {
    const gone = await serve(() => undefined)
    await gone[Symbol.asyncDispose]()
    expect(await refusalOf(() => read(put(content), { gatewayUrl: gone.url }))).toBeInstanceOf(
      SourceError,
    )
    give = () => undefined
    const error = await refusalOf(() => read(put(content), { timeoutMs: 20 }))
    expect(error).toBeInstanceOf(SourceError)
    expect(error).toMatchObject({ cause: { name: 'TimeoutError' } })
  })
})
