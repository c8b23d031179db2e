import { CID } from 'multiformats/cid'
import { z } from 'zod'
import { CodedError } from '../../../shared/coded-error'
import { openIpfs } from '../../services/ledger/open-ipfs'

const gatewayQuery = z.object({
  format: z.enum(['raw', 'car'], 'expected raw or car').optional(),
  filename: z.string().optional(),
})

export default apiRoute(async (event) => {
  const { format = 'file' } = queryOf(event, gatewayQuery)
  const cid = parseCid(getRouterParam(event, 'cid') ?? '')
  // What a CID names never changes, so who has it needs no store asked; its three forms are other bytes.
  const etag = `"${cid}.${format}"`
  setResponseHeader(event, 'etag', etag)
  const isAnything = getRequestHeader(event, 'if-none-match')?.trim() === '*'
  if (!isAnything && isKnown(event, etag)) return null
  const { type, bytes } = openIpfs(useDeps(), cid, format)
  return sendBytes(event, bytes, { type, isImmutable: true })
})

function parseCid(text: string): string {
  try {
    return CID.parse(text).toString()
  } catch (cause) {
    throw new CodedError('malformed', `cid: expected a CID, got ${text.slice(0, 80)}`, { cause })
  }
}
