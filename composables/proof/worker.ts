import { messageOf } from '../../shared/coded-error.ts'
import {
  ipfsGateway,
  rpcChain,
  VerificationError,
  verifyProof,
} from '../../shared/verification/index.ts'
import type { VerificationMessage, VerificationRequest } from './messages.ts'

/** Verifies one bundle away from the page, so that the page stays quick on a slow phone. */

const answer = (message: VerificationMessage) => self.postMessage(message)

async function verify({ bundle, sources: { rpcUrl, contract, gatewayUrl } }: VerificationRequest) {
  const chain = rpcUrl && contract ? rpcChain({ rpcUrl, contract }) : undefined
  const ipfs = gatewayUrl ? ipfsGateway({ gatewayUrl }) : undefined
  await verifyProof(bundle, { chain, ipfs }, (evidence) => answer({ kind: 'evidence', evidence }))
}

self.addEventListener('message', ({ data }: MessageEvent<VerificationRequest>) => {
  verify(data).then(
    () => answer({ kind: 'done' }),
    (error: unknown) =>
      answer(
        error instanceof VerificationError
          ? { kind: 'disproved', step: error.code, reason: error.message }
          : { kind: 'failed', reason: messageOf(error) },
      ),
  )
})
