import { fromUtf8 } from '../bytes.ts'
import { readAtMost } from './read-at-most.ts'
import { SourceError } from './sources.ts'

/** Ethereum JSON-RPC (EIP-1474) as far as a verifier needs it; what a node answers is checked before it is used. */

/** Far above a block's transaction hashes, the longest answer asked for. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** EIP-1474, "Error codes". */
const LIMIT_EXCEEDED = -32005

/** An error the node itself reported, or an answer longer than is read. */
export class RpcError extends SourceError {
  readonly rpcCode: number
  constructor(rpcCode: number, message: string) {
    super(message, { problem: 'chain_refused' })
    this.rpcCode = rpcCode
  }
}

/** Calls one method. Throws `RpcError` when the node refuses, `SourceError` when it does not answer. */
export async function callRpc(
  rpcUrl: string,
  timeoutMs: number,
  method: string,
  params: unknown[],
): Promise<unknown> {
  let bytes: Uint8Array | null
  try {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    bytes = await readAtMost(response, MAX_ANSWER_BYTES)
  } catch (cause) {
    throw new SourceError(`the Ethereum node at ${rpcUrl} did not answer ${method}`, {
      problem: 'chain_silent',
      cause,
    })
  }
  if (!bytes) throw new RpcError(LIMIT_EXCEEDED, tooLong(method))
  const answer = parsed(bytes, `the Ethereum node at ${rpcUrl} did not answer ${method} in JSON`)
  const error = member(answer, 'error')
  if (error !== undefined && error !== null) {
    throw new RpcError(
      Number(member(error, 'code')),
      `the Ethereum node refused ${method}: ${String(member(error, 'message'))}`,
    )
  }
  return member(answer, 'result')
}

const tooLong = (method: string): string =>
  `the Ethereum node's answer to ${method}: expected at most ${MAX_ANSWER_BYTES} bytes, got more`

function parsed(bytes: Uint8Array, otherwise: string): unknown {
  try {
    return JSON.parse(fromUtf8(bytes))
  } catch (cause) {
    throw new SourceError(otherwise, { problem: 'chain_silent', cause })
  }
}

/** A member of what a node answered; undefined where there is none. */
export const member = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined

/** Hex digits of an answer of bytes, without 0x. */
export function hexData(value: unknown): string {
  if (typeof value !== 'string' || !/^0x(?:[0-9a-f]{2})*$/.test(value)) {
    throw new SourceError(`the Ethereum node answered no data: ${String(value).slice(0, 80)}`)
  }
  return value.slice(2)
}

/** A number of an answer. */
export function quantity(value: unknown): number {
  const number =
    typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number))
    throw new SourceError(`the Ethereum node answered no number: ${String(value)}`)
  return number
}
