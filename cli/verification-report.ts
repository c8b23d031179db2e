import {
  STEPS,
  type Evidence,
  type Step,
  type VerificationError,
} from '../shared/verification/index.ts'
import type { Style, Terminal } from './terminal.ts'
import type { TrustedChain } from './trusted-chain.ts'

/** Whom a verifier chose to ask. */
export interface Asked {
  rpcUrl: string | undefined
  ipfsUrl: string | undefined
  chain: TrustedChain | undefined
}

/** Prints whom is asked and which contract is believed, and why. */
export function printAsked({ out }: Terminal, { rpcUrl, ipfsUrl, chain }: Asked): void {
  const chainName = chain?.chainId === null ? 'unknown chain' : `chain ${chain?.chainId}`
  out(`Ethereum: ${rpcUrl === undefined ? 'not asked' : `${chainName} through ${rpcUrl}`}`)
  if (chain?.contract)
    out(`Contract: ${chain.contract.address}, trusted by ${chain.contract.origin}`)
  out(`IPFS:     ${ipfsUrl === undefined ? 'not asked' : `through ${ipfsUrl}`}`)
  out('')
}

/** The same for machines. */
export const askedForMachines = ({ rpcUrl, ipfsUrl, chain }: Asked) => ({
  rpc_url: rpcUrl ?? null,
  chain_id: chain?.chainId ?? null,
  contract: chain?.contract?.address ?? null,
  contract_origin: chain?.contract?.origin ?? null,
  ipfs_url: ipfsUrl ?? null,
})

type Status = Evidence['status'] | 'disproved'

const MARKS: Record<Status, { text: string; style: Style }> = {
  proved: { text: '✓', style: 'green' },
  not_checked: { text: '–', style: 'yellow' },
  not_applicable: { text: '·', style: 'dim' },
  disproved: { text: '✗', style: 'red' },
}

/** Steps as they are printed: the first bears the code of its failure, which would stand beside a tick. */
const nameOf = (step: Step): string => (step === 'malformed' ? 'well_formed' : step)

const STEP_COLUMNS = Math.max(...STEPS.map((step) => nameOf(step).length))
const INDENT = ' '.repeat('✓ 1 '.length)

/** Prints one step of the argument: mark, number, name, statement; below it its limit and its facts. */
export function printStep(
  { out }: Terminal,
  { step, status, statement, limit, facts }: Evidence,
): void {
  out(MARKS[status], ` ${headOf(step)}  ${statement}`)
  if (limit !== null) out({ text: `${INDENT}but: ${limit}`, style: 'dim' })
  const stated = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
  if (status === 'proved' && stated.length > 0)
    out({ text: `${INDENT}${stated.join(' · ')}`, style: 'dim' })
}

/** Prints the step that stopped the verification; none follows it. */
export function printFailure(
  { out }: Terminal,
  { code, message, refusal }: VerificationError,
): void {
  out(MARKS[refusal === 'disproved' ? refusal : 'not_checked'], ` ${headOf(code)}  ${message}`)
}

const headOf = (step: Step): string =>
  `${STEPS.indexOf(step) + 1} ${nameOf(step).padEnd(STEP_COLUMNS)}`

const anchoredAtOf = (evidence: readonly Evidence[]) =>
  evidence.find(({ step }) => step === 'anchor')?.facts['anchored_at']

/** The verdict in one sentence where nothing was left open. */
export const provedSentence = (evidence: readonly Evidence[]): string =>
  `Proved: this record stands in the ledger, unchanged since ${anchoredAtOf(evidence) ?? 'it was anchored'}.`

/** The verdict where a step stopped the verification. */
export function refusalSentence({ code, refusal }: VerificationError): string {
  switch (refusal) {
    case 'disproved':
      return `Disproved: the record is not what this bundle says; step ${STEPS.indexOf(code) + 1} (${nameOf(code)}) fails.`
    case 'not_a_proof':
      return 'Not a proof: this cannot be read as a proof bundle, so there was nothing to check.'
    case 'elsewhere':
      return 'Not proved: the bundle is anchored in another contract or on another chain than the one you trust; nothing that was checked speaks against the record.'
  }
}

/** The verdict where steps are open: which, and what would close them. */
export function openSentence(evidence: readonly Evidence[], missing: readonly string[]): string {
  const open = evidence
    .filter(({ status }) => status === 'not_checked')
    .map(({ step }) => nameOf(step))
  const advice = missing.length > 0 ? ` Give ${missing.join(' and ')} to check them.` : ''
  return `Not proved: ${listed(open)} could not be checked; nothing that was checked speaks against the record.${advice}`
}

const listed = (words: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(words)
