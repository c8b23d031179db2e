import {
  ipfsGateway,
  isFullyProved,
  VerificationError,
  verifyProof,
  type Evidence,
} from '../../shared/verification/index.ts'
import { DISPROVED, DONE, NOT_CHECKED, type ExitCode } from '../cli-error.ts'
import { printLines, type Command } from '../command.ts'
import { addressOption, pathOption, readOptions, urlOption } from '../options.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'
import { DEPLOYMENTS, trustedChain } from '../trusted-chain.ts'
import {
  askedForMachines,
  openSentence,
  printAsked,
  printFailure,
  printStep,
  provedSentence,
  refusalSentence,
  type Asked,
} from '../verification-report.ts'

export const verify: Command = {
  summary: 'prove a downloaded record, step by step, without trusting the portal',
  synopsis: '<file|-> [--rpc URL] [--ipfs URL] [--contract 0x…] [--deployments DIR] [--json]',
  help: `Checks a proof bundle (.gwproof.json; - reads standard input) and prints every step as an argument.

  --rpc URL          an Ethereum node you trust; without it the anchor stays unchecked
  --ipfs URL         an IPFS gateway; it need not be trusted, every block is checked
  --contract 0x…     the ledger's contract you trust
  --deployments DIR  where to look it up by the node's chain id otherwise (contracts/deployments)
  --json             print the evidence for machines

The contract is never taken from the bundle. Marks: ✓ proved, – not checked, · does not apply, ✗ disproved.
Exit code: 0 every step that applies is proved, 1 disproved, 2 could not check: something was out of reach, the file is
no proof bundle, or it is anchored in another contract or on another chain than the one you trust.`,
  run,
}

interface Outcome {
  evidence: Evidence[]
  failure: VerificationError | null
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, {
    text: ['rpc', 'ipfs', 'contract', 'deployments'],
    flags: ['json'],
    argument: '<file>',
  })
  const file = options.argument()
  const rpcUrl = options.value('rpc', urlOption)
  const ipfsUrl = options.value('ipfs', urlOption)
  const contract = options.value('contract', addressOption)
  const deployments = options.value('deployments', pathOption) ?? DEPLOYMENTS
  const bundle = await readInput(file, terminal.stdin)

  const chain =
    rpcUrl === undefined ? undefined : await trustedChain({ rpcUrl, contract, deployments })
  const asked: Asked = { rpcUrl, ipfsUrl, chain }
  if (options.has('json')) {
    const outcome = await prove(bundle, asked, () => undefined)
    printLines(terminal.out, JSON.stringify(forMachines(outcome, asked), null, 2))
    return exitCodeOf(outcome)
  }
  printAsked(terminal, asked)
  const outcome = await prove(bundle, asked, (evidence) => printStep(terminal, evidence))
  printVerdict(terminal, outcome, asked)
  return exitCodeOf(outcome)
}

async function prove(
  bundle: Uint8Array,
  { chain, ipfsUrl }: Asked,
  onEvidence: (evidence: Evidence) => void,
): Promise<Outcome> {
  const ipfs = ipfsUrl === undefined ? undefined : ipfsGateway({ gatewayUrl: ipfsUrl })
  const evidence: Evidence[] = []
  try {
    await verifyProof(bundle, { chain: chain?.source, ipfs }, (found) => {
      evidence.push(found)
      onEvidence(found)
    })
    return { evidence, failure: null }
  } catch (error) {
    if (error instanceof VerificationError) return { evidence, failure: error }
    throw error
  }
}

function exitCodeOf({ evidence, failure }: Outcome): ExitCode {
  if (failure) return failure.refusal === 'disproved' ? DISPROVED : NOT_CHECKED
  return isFullyProved(evidence) ? DONE : NOT_CHECKED
}

function printVerdict(
  terminal: Terminal,
  { evidence, failure }: Outcome,
  { rpcUrl, ipfsUrl }: Asked,
): void {
  if (failure) printFailure(terminal, failure)
  terminal.out('')
  if (failure) {
    terminal.out({
      text: refusalSentence(failure),
      style: failure.refusal === 'disproved' ? 'red' : 'yellow',
    })
  } else if (isFullyProved(evidence)) {
    terminal.out({ text: provedSentence(evidence), style: 'green' })
  } else {
    const missing = [
      rpcUrl === undefined ? '--rpc URL' : '',
      ipfsUrl === undefined ? '--ipfs URL' : '',
    ]
    terminal.out({ text: openSentence(evidence, missing.filter(Boolean)), style: 'yellow' })
  }
}

function forMachines(outcome: Outcome, asked: Asked) {
  const { evidence, failure } = outcome
  return {
    verdict: failure?.refusal ?? (isFullyProved(evidence) ? 'proved' : 'not_checked'),
    evidence,
    failure: failure && { step: failure.code, message: failure.message },
    asked: askedForMachines(asked),
  }
}
