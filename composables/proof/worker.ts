import { messageOf } from '../../shared/coded-error.ts'
import {
  ipfsGateway,
  rpcChain,
  VerificationError,
  verifyProof,
} from '../../shared/verification/index.ts'
import type { VerificationAnswer, VerificationMessage, VerificationRequest } from './messages.ts'

/** Verifies bundles away from the page, so that the page stays quick on a slow phone. */

const post = (message: VerificationMessage) => self.postMessage(message)

async function verify({ run, bundle, sources }: VerificationRequest): Promise<VerificationAnswer> {
  const { rpcUrl, contract, gatewayUrl } = sources
  const chain = rpcUrl && contract ? rpcChain({ rpcUrl, contract }) : undefined
  const ipfs = gatewayUrl ? ipfsGateway({ gatewayUrl }) : undefined
  try {
    await verifyProof(bundle, { chain, ipfs }, (evidence) =>
      post({ run, kind: 'evidence', evidence }),
    )
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof VerificationError)) return { kind: 'failed', reason: messageOf(error) }
    const { code, message, mismatch, refusal } = error
    return { kind: 'stopped', refusal, step: code, reason: message, mismatch }
  }
}

self.addEventListener('message', ({ data }: MessageEvent<VerificationRequest>) => {
  void verify(data).then((answer) => post({ run: data.run, ...answer }))
})
post({ kind: 'ready' })
