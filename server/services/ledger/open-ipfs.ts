import type { Deps } from '../deps.ts'

/** Media types of the trustless gateway (IPIP-0412, IPIP-0402); a plain file is one of our batch files. */
const TYPES = {
  file: 'application/x-ndjson',
  raw: 'application/vnd.ipld.raw',
  car: 'application/vnd.ipld.car; version=1',
} as const

export type IpfsFormat = keyof typeof TYPES

/** `/ipfs/{cid}`: a file, one block, or a whole DAG, as our IPFS node holds it. */
export function openIpfs(
  { ipfs }: Pick<Deps, 'ipfs'>,
  cid: string,
  format: IpfsFormat,
): { type: string; bytes: AsyncIterable<Uint8Array> } {
  const bytes = {
    file: () => ipfs.cat(cid),
    raw: () => oneBlock(ipfs.block(cid)),
    car: () => ipfs.car(cid),
  }
  return { type: TYPES[format], bytes: bytes[format]() }
}

async function* oneBlock(block: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await block
}
