import { json } from 'node:stream/consumers'
import { Interface } from 'ethers'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import artifact from '../../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { areaIdBytes32 } from '../../../../shared/area.ts'
import { toHex } from '../../../../shared/bytes.ts'
import { rpcChain, SourceError } from '../../../../shared/verification/index.ts'
import { refusalOf } from '../refusal.ts'
import { serve } from './http.ts'

const ledger = new Interface(artifact.abi)
const contract = `0x${'c0'.repeat(20)}`
const blockHash = `0x${'b1'.repeat(32)}`
const transactionHash = `0x${'7a'.repeat(32)}`
const hex = (bytes: Uint8Array) => `0x${toHex(bytes)}`

interface Request {
  method: string
  params: unknown[]
}
/** What the node answers: a JSON document by method, or any text at all. */
type Answer = (
  request: Request,
) => { result: unknown } | { error: { code: number; message: string } } | string

let answer: Answer = () => ''
const requests: Request[] = []
const node = await serve(async (incoming, response) => {
  const request = (await json(incoming)) as Request
  requests.push(request)
  const found = answer(request)
  response.end(
    typeof found === 'string' ? found : JSON.stringify({ jsonrpc: '2.0', id: 1, ...found }),
  )
})
afterAll(() => node[Symbol.asyncDispose]())

const chain = rpcChain({ rpcUrl: node.url, contract })
const answering = (next: Answer) => {
  answer = next
  requests.length = 0
}
const byMethod = (results: Record<string, ReturnType<Answer>>) =>
  answering(({ method }) => results[method] ?? `no answer to ${method}`)

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const anchors = fc.record({
  root: bytes(32),
  anchoredAtSeconds: fc.nat(),
  size: fc.integer({ min: 1, max: 262_144 }),
  cid: fc.oneof(bytes(36), fc.uint8Array({ maxLength: 100 })),
})
const encodeAnchor = ({
  root,
  anchoredAtSeconds,
  size,
  cid,
}: {
  root: Uint8Array
  anchoredAtSeconds: number
  size: number
  cid: Uint8Array
}) => ledger.encodeFunctionResult('anchorOf', [[hex(root), anchoredAtSeconds, size, hex(cid)]])

const rows = fc.tuple(
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
)

describe('rpcChain', () => {
  it('asks the contract as ethers would, and reads what ethers would encode', async () => {
    await fc.assert(
      fc.asyncProperty(anchors, rows, async (anchor, [areaId, number]) => {
        answering(() => ({ result: encodeAnchor(anchor) }))
        expect(await chain.anchorOf(areaId, number)).toEqual(anchor)
        const data = ledger.encodeFunctionData('anchorOf', [areaIdBytes32(areaId), number])
        expect(requests[0]).toMatchObject({
          method: 'eth_call',
          params: [{ to: contract, data }, 'latest'],
        })
      }),
    )
  })

  it('asks for the latest batch as ethers would, and reads what ethers would encode', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), rows, async (root, [areaId, number]) => {
        answering(() => ({ result: ledger.encodeFunctionResult('latest', [number, hex(root)]) }))
        expect(await chain.latest(areaId)).toEqual({ number, root })
        const data = ledger.encodeFunctionData('latest', [areaIdBytes32(areaId)])
        expect(requests[0]).toMatchObject({
          method: 'eth_call',
          params: [{ to: contract, data }, 'latest'],
        })
      }),
    )
  })

  it('asks for the event by the topics of ethers, and reads what ethers would encode', async () => {
    await fc.assert(
      fc.asyncProperty(anchors, rows, async ({ root, size, cid }, [areaId, number]) => {
        const row = [areaIdBytes32(areaId), number]
        const { data } = ledger.encodeEventLog('BatchAnchored', [...row, hex(root), size, hex(cid)])
        byMethod({
          eth_getLogs: { result: [{ data, transactionHash, blockNumber: '0x1f' }] },
          eth_getBlockByNumber: { result: { hash: blockHash } },
        })
        const event = await chain.anchoredIn(areaId, number, blockHash)
        expect(event).toEqual({ transaction: transactionHash, blockNumber: 31, root, size, cid })
        const topics = ledger.encodeFilterTopics('BatchAnchored', row)
        expect(requests[0]).toMatchObject({
          method: 'eth_getLogs',
          params: [{ blockHash, address: contract, topics }],
        })
      }),
    )
  })

  it('reads chain id and head', async () => {
    byMethod({ eth_chainId: { result: '0xaa36a7' }, eth_blockNumber: { result: '0x0' } })
    expect(await chain.chainId()).toBe(11155111)
    expect(await chain.head()).toBe(0)
  })

  it.each([
    ['a revert by its code', { error: { code: 3, message: 'execution failed' } }],
    [
      'a revert by its words',
      { error: { code: -32000, message: 'VM Exception: reverted with UnknownBatch' } },
    ],
    ['no contract at the address', { result: '0x' }],
  ])('holds nothing after %s', async (_what, found) => {
    byMethod({ eth_call: found })
    expect(await chain.anchorOf('in-br-patna', 1)).toBeNull()
  })

  it('knows no event in a block without one', async () => {
    byMethod({ eth_getLogs: { result: [] } })
    expect(await chain.anchoredIn('in-br-patna', 1, blockHash)).toBeNull()
  })

  it('knows no event in a block the node does not know, however the node words it', async () => {
    byMethod({
      eth_getLogs: { error: { code: -32000, message: 'header for hash missing' } },
      eth_getBlockByHash: { result: null },
    })
    expect(await chain.anchoredIn('in-br-patna', 1, blockHash)).toBeNull()
    expect(requests[1]).toMatchObject({ params: [blockHash, false] })
  })

  it('knows no event in a block that is no longer part of the chain', async () => {
    const data = ledger.encodeEventLog('BatchAnchored', [
      areaIdBytes32('a'),
      1,
      blockHash,
      1,
      '0x',
    ]).data
    byMethod({
      eth_getLogs: { result: [{ data, transactionHash, blockNumber: '0x1f' }] },
      eth_getBlockByNumber: { result: { hash: transactionHash } },
    })
    expect(await chain.anchoredIn('a', 1, blockHash)).toBeNull()
    expect(requests[1]).toMatchObject({ params: ['0x1f', false] })
  })

  it('does not take a refusal to look for an absent event', async () => {
    byMethod({
      eth_getLogs: { error: { code: -32005, message: 'block range limit exceeded' } },
      eth_getBlockByHash: { result: { hash: blockHash } },
    })
    expect(await refusalOf(() => chain.anchoredIn('in-br-patna', 1, blockHash))).toBeInstanceOf(
      SourceError,
    )
  })

  const [root, cid] = [new Uint8Array(32), new Uint8Array(36)]
  const encoded = encodeAnchor({ root, anchoredAtSeconds: 1, size: 1, cid })
  const rubbish: [string, ReturnType<Answer>][] = [
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['a JSON null', 'null'],
    ['no result', '{}'],
    ['another error', { error: { code: -32005, message: 'too many requests' } }],
    ['a result that is no hex', { result: 'anchor' }],
    ['an object', { result: {} }],
    ['data cut short', { result: encoded.slice(0, -128) }],
    ['an offset between words', { result: encoded.replace(/20(?=.{64})/, '21') }],
    ['an offset past the end', { result: `0x${'f'.repeat(64)}${encoded.slice(66)}` }],
    [
      'a time no date holds',
      { result: encodeAnchor({ root, anchoredAtSeconds: 8.64e12 + 1, size: 1, cid }) },
    ],
  ]
  it.each(rubbish)(
    'says that the node could not be asked when it answers %s',
    async (_what, found) => {
      answering(() => found)
      expect(await refusalOf(() => chain.anchorOf('in-br-patna', 1))).toBeInstanceOf(SourceError)
      expect(await refusalOf(() => chain.chainId())).toBeInstanceOf(SourceError)
    },
  )

  it.each([
    ['a log without data', [{ transactionHash, blockNumber: '0x1' }]],
    ['a log that is no object', ['log']],
    ['no list', { data: '0x' }],
  ])('says that the node could not be asked when it answers %s for logs', async (_what, result) => {
    byMethod({ eth_getLogs: { result } })
    expect(await refusalOf(() => chain.anchoredIn('in-br-patna', 1, blockHash))).toBeInstanceOf(
      SourceError,
    )
  })

  it('says so when the answer has no end, without reading on', async () => {
    const isLeft = Promise.withResolvers<null>()
    await using endless = await serve((_request, response) => {
      response.on('close', () => isLeft.resolve(null))
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
      }
      response.on('drain', more)
      more()
    })
    const flooded = rpcChain({ rpcUrl: endless.url, contract })
    expect(await refusalOf(() => flooded.head())).toBeInstanceOf(SourceError)
    await isLeft.promise
  })

  it('says so when nobody listens', async () => {
    const gone = await serve(() => undefined)
    await gone[Symbol.asyncDispose]()
    const unreachable = rpcChain({ rpcUrl: gone.url, contract })
    expect(await refusalOf(() => unreachable.head())).toBeInstanceOf(SourceError)
  })

  it('says so when the node never answers', async () => {
    await using silent = await serve(() => undefined)
    const waiting = rpcChain({ rpcUrl: silent.url, contract, timeoutMs: 20 })
    const error = await refusalOf(() => waiting.head())
    expect(error).toBeInstanceOf(SourceError)
    expect(error).toMatchObject({ cause: { name: 'TimeoutError' } })
  })
})
