/** Where a verifier looks: chosen by the verifier, never by the bundle. */

/** What the contract holds for one batch. `cid` is the binary CID. */
export interface ChainAnchor {
  root: Uint8Array
  size: number
  cid: Uint8Array
  anchoredAtSeconds: number
}

/** A `BatchAnchored` event found in one block. */
export interface AnchorEvent {
  transaction: string
  blockNumber: number
  root: Uint8Array
  size: number
  cid: Uint8Array
}

/** An Ethereum node and the contract the verifier trusts. Every method throws `SourceError` when the node cannot be asked. */
export interface ChainSource {
  readonly contract: string
  chainId(): Promise<number>
  /** Latest block number. */
  head(): Promise<number>
  /** The last batch of an area that is anchored now: its number, 0 where there is none, and its root. */
  latest(areaId: string): Promise<{ number: number; root: Uint8Array }>
  /** The anchor of (area, number) as the contract holds it now, or null where it holds none. */
  anchorOf(areaId: string, number: number): Promise<ChainAnchor | null>
  /** The event by which (area, number) was anchored in the block with this hash, or null where the chain knows no such block or event. */
  anchoredIn(areaId: string, number: number, blockHash: string): Promise<AnchorEvent | null>
}

/** Blocks kept between runs, by CID. What it answers is checked like any stranger's. */
export interface KeptBlocks {
  get(cid: string): Promise<Uint8Array | null>
  /** Only called with bytes that the CID names. */
  put(cid: string, block: Uint8Array): Promise<void>
}

/** IPFS as the verifier reaches it. */
export interface IpfsSource {
  /** The file behind a CID; every block is checked against its CID on the way. Throws `SourceError` when it cannot be had. */
  file(cid: string): AsyncIterable<Uint8Array>
}

/** Why a step could not be checked, for whoever says it in another language. */
export const SOURCE_PROBLEMS = [
  'no_chain',
  'no_ipfs',
  'chain_silent',
  'chain_refused',
  'chain_behind',
  'chain_nonsense',
  'chain_unaware',
  'ipfs_silent',
] as const
export type SourceProblem = (typeof SOURCE_PROBLEMS)[number]

/** A node or gateway could not be asked, or answered what no honest one answers: says nothing about the record. */
export class SourceError extends Error {
  readonly problem: SourceProblem

  constructor(
    message: string,
    { problem = 'chain_nonsense', ...options }: ErrorOptions & { problem?: SourceProblem } = {},
  ) {
    super(message, options)
    this.name = 'SourceError'
    this.problem = problem
  }
}
