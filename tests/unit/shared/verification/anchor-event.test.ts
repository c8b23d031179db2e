import { json } from 'node:stream/consumers'
import { Interface } from 'ethers'
import { describe, expect, it } from 'vitest'
import artifact from '../../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { areaIdBytes32 } from '../../../../shared/area.ts'
import { toHex } from '../../../../shared/bytes.ts'
import { anchorsBetween, SourceError } from '../../../../shared/verification/index.ts'
import { refusalOf } from '../refusal.ts'
import { serve } from './http.ts'

const ledger = new Interface(artifact.abi)
const contract = `0x${'c0'.repeat(20)}`

/** The log of one anchor, in the block of the same number. */
function logOf(areaId: string, number: number) {
  const root = `0x${number.toString(16).padStart(64, '0')}`
  const values = [areaIdBytes32(areaId), number, root, 7, '0x0155']
  return {
    ...ledger.encodeEventLog('BatchAnchored', values),
    transactionHash: `0x${'7a'.repeat(32)}`,
    blockNumber: `0x${number.toString(16)}`,
  }
}

/** A node that holds logs and answers for no more than `mostBlocks` at once. */
async function nodeWith(logs: ReturnType<typeof logOf>[], mostBlocks: number) {
  const ranges: [number, number][] = []
  const node = await serve(async (incoming, response) => {
    const request = (await json(incoming)) as { params: [{ fromBlock: string; toBlock: string }] }
    const [{ fromBlock, toBlock }] = request.params
    const [from, to] = [Number(fromBlock), Number(toBlock)]
    ranges.push([from, to])
    const error = { code: -32005, message: 'query returned more than is allowed' }
    const result = logs.filter(
      ({ blockNumber }) => Number(blockNumber) >= from && Number(blockNumber) <= to,
    )
    response.end(JSON.stringify(to - from < mostBlocks ? { result } : { error }))
  })
  return { ...node, ranges, rpc: { rpcUrl: node.url, contract, timeoutMs: 5000 } }
}

describe('anchors of a contract between two blocks', () => {
  it('come with area, number and what the contract told of them, in the order of the chain', async () => {
    await using node = await nodeWith([logOf('in-br-patna', 3), logOf('a', 4)], 100)
    const found = await anchorsBetween(node.rpc, 0, 50)
    expect(found.map(({ areaId, number }) => `${areaId} ${number}`)).toEqual([
      'in-br-patna 3',
      'a 4',
    ])
    expect(found[0]).toMatchObject({ blockNumber: 3, size: 7, cid: Uint8Array.of(0x01, 0x55) })
    expect(toHex(found[0]?.root ?? new Uint8Array())).toMatch(/^0{63}3$/)
  })

  it('are asked for by halves where the node refuses so many blocks', async () => {
    await using node = await nodeWith(
      [1, 2, 3, 4, 5, 6, 7].map((number) => logOf('a', number)),
      2,
    )
    const found = await anchorsBetween(node.rpc, 1, 7)
    expect(found.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(node.ranges).toContainEqual([1, 4])
  })

  it('are not had from a node that refuses a single block', async () => {
    await using node = await nodeWith([], 0)
    expect(await refusalOf(() => anchorsBetween(node.rpc, 1, 2))).toBeInstanceOf(SourceError)
  })
})
