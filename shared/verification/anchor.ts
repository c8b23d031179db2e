import { CID } from 'multiformats/cid'
import { toHex } from '../bytes.ts'
import type { ProofBundle } from '../proof/index.ts'
import { expectSame, VerificationError, type Evidence } from './evidence.ts'
import { SourceError, type ChainSource } from './sources.ts'

const MS_PER_S = 1000

/**
 * Step 5: the verifier's contract holds this root, size and CID for (area, number), anchored in the block the bundle
 * names. Asks for the state now and for the event in that block, which any full node answers: the contract never
 * changes an anchor, so an archive of old state is not needed. Throws `SourceError` while the node has not come to the
 * block.
 */
export async function checkAnchor(
  { batch, cid, anchor }: ProofBundle,
  chain: ChainSource,
): Promise<Evidence> {
  expectSame('anchor', 'chain id', anchor.chain_id, await chain.chainId(), 'elsewhere')
  expectSame('anchor', 'contract', anchor.contract, chain.contract.toLowerCase(), 'elsewhere')
  const cidHex = toHex(parseCid(cid).bytes)
  // Asked first: a node that has not come to the block yet knows nothing of the anchor, true or not.
  const head = await chain.head()
  if (head < anchor.block_number) {
    throw new SourceError(
      `the Ethereum node stands at block ${head}, before block ${anchor.block_number} of the anchor; ask again later, or another node`,
      { problem: 'chain_behind' },
    )
  }

  const held = await chain.anchorOf(batch.area_id, batch.number)
  if (!held) {
    throw new VerificationError(
      'anchor',
      `contract: holds no batch ${batch.number} of ${batch.area_id}`,
    )
  }
  expectSame('anchor', 'root', batch.root, toHex(held.root))
  expectSame('anchor', 'size', batch.size, held.size)
  expectSame('anchor', 'CID', cidHex, toHex(held.cid))
  const anchoredAt = new Date(held.anchoredAtSeconds * MS_PER_S).toISOString()
  expectSame('anchor', 'anchored_at', anchor.anchored_at, anchoredAt)

  const event = await chain.anchoredIn(batch.area_id, batch.number, anchor.block_hash)
  if (!event) {
    throw new VerificationError(
      'anchor',
      `block ${anchor.block_hash}: the chain has no such anchor in it`,
    )
  }
  expectSame('anchor', 'transaction', anchor.transaction, event.transaction)
  expectSame('anchor', 'block number', anchor.block_number, event.blockNumber)
  expectSame('anchor', 'root in the event', batch.root, toHex(event.root))

  return {
    step: 'anchor',
    status: 'proved',
    statement: `The batch was fixed on Ethereum chain ${anchor.chain_id} at ${anchoredAt}, in block ${anchor.block_number}; nobody can change it since.`,
    limit:
      'It proves the record existed by then and is unchanged since, as far as you trust the node you asked.',
    facts: {
      contract: chain.contract,
      transaction: anchor.transaction,
      confirmations: head - anchor.block_number + 1,
      anchored_at: anchoredAt,
    },
  }
}

function parseCid(text: string): CID {
  try {
    const cid = CID.parse(text)
    expectSame('anchor', 'CID', text, cid.toString())
    return cid
  } catch (cause) {
    throw new VerificationError('anchor', `CID: expected a CIDv1 in base32, got ${text}`, { cause })
  }
}
