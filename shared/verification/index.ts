import { hashFromHex, toHex } from '../bytes.ts'
import { messageOf } from '../coded-error.ts'
import { verifyCommitment } from '../commitment/index.ts'
import { verifyInclusion } from '../merkle/index.ts'
import { parseProofBundle, type ProofBundle } from '../proof/index.ts'
import { recordLeafHash } from '../record/index.ts'
import { checkAnchor } from './anchor.ts'
import { checkDeviceSignature } from './device-signature.ts'
import { checkEnrolment } from './enrolment.ts'
import { expectSame, proving, VerificationError, type Evidence, type Step } from './evidence.ts'
import { BatchFiles } from './batch-files.ts'
import { SourceError, type ChainSource, type IpfsSource, type SourceProblem } from './sources.ts'

export {
  isFullyProved,
  STEPS,
  VerificationError,
  type Evidence,
  type Mismatch,
  type Refusal,
  type Step,
} from './evidence.ts'
export {
  SourceError,
  type AnchorEvent,
  type ChainAnchor,
  type ChainSource,
  type IpfsSource,
  type KeptBlocks,
} from './sources.ts'
export { cidText } from './batch-files.ts'
export { signedPart } from './device-signature.ts'
export { standingAt, type DeviceStanding } from './enrolment.ts'
export { anchorsBetween, type BatchAnchored } from './anchor-event.ts'
export { rpcChain } from './rpc-chain.ts'
export { ipfsGateway } from './ipfs-gateway.ts'

export interface Sources {
  chain?: ChainSource | undefined
  ipfs?: IpfsSource | undefined
}

/**
 * Verifies a proof bundle (its text, bytes, or parsed value) step by step, formats.md §5. Resolves with the evidence of
 * every step, in order; steps without a source are `not_checked`. Throws a `VerificationError` with the code of the
 * first step that does not hold; its `refusal` says whether that disproves the bundle. `onEvidence` hears of each step as it is proved.
 */
export async function verifyProof(
  input: unknown,
  { chain, ipfs }: Sources,
  onEvidence: (evidence: Evidence) => void = () => undefined,
): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  const note = (found: Evidence) => {
    evidence.push(found)
    onEvidence(found)
  }
  const bundle = await proving('malformed', () => parseProofBundle(input))
  note(wellFormed(bundle))
  note(await proving('record_hash', () => checkRecordHash(bundle)))
  note(await proving('device_signature', () => checkDeviceSignature(bundle)))
  note(await proving('inclusion', () => checkInclusion(bundle)))
  const files = chain && ipfs ? new BatchFiles(bundle, chain, ipfs) : null
  note(await asking('anchor', chain, 'no_chain', (source) => checkAnchor(bundle, source)))
  note(await asking('enrolment', files, 'no_ipfs', (source) => checkEnrolment(bundle, source)))
  note(await asking('batch_file', files, 'no_ipfs', (source) => checkBatchFile(bundle, source)))
  note(await proving('disclosure', () => checkDisclosures(bundle)))
  return evidence
}

const WITHOUT = {
  no_chain: 'no Ethereum node was given',
  no_ipfs: 'an Ethereum node and an IPFS gateway are both needed',
} as const

/** Runs a step that needs a source; without one, or when it does not answer, the step is `not_checked` with the reason. */
async function asking<Source>(
  step: Step,
  source: Source | null | undefined,
  without: keyof typeof WITHOUT,
  check: (source: Source) => Promise<Evidence>,
): Promise<Evidence> {
  if (!source) return notChecked(step, WITHOUT[without], without)
  try {
    return await proving(step, () => check(source))
  } catch (error) {
    if (error instanceof SourceError) return notChecked(step, messageOf(error), error.problem)
    throw error
  }
}

const notChecked = (step: Step, reason: string, problem: SourceProblem): Evidence => ({
  step,
  status: 'not_checked',
  statement: `Not checked: ${reason}.`,
  limit: null,
  facts: { reason, problem },
})

const wellFormed = (bundle: ProofBundle): Evidence => ({
  step: 'malformed',
  status: 'proved',
  statement: `The bundle is a well-formed proof for a ${bundle.record.type.replace('_', ' ')} of area ${bundle.record.area_id}.`,
  limit: 'This says only that the file can be read, not that anything in it is true.',
  facts: { type: bundle.record.type, area_id: bundle.record.area_id },
})

function checkRecordHash(bundle: ProofBundle): Evidence {
  expectSame('record_hash', 'leaf_hash', bundle.leaf_hash, toHex(recordLeafHash(bundle.record)))
  return {
    step: 'record_hash',
    status: 'proved',
    statement: `The record's bytes hash to ${bundle.leaf_hash}; changing one letter would change this number.`,
    limit: 'The hash names the record; where the record comes from is the next step.',
    facts: { leaf_hash: bundle.leaf_hash },
  }
}

function checkInclusion({ record, leaf_hash, index, path, batch }: ProofBundle): Evidence {
  expectSame('inclusion', 'area of the batch', record.area_id, batch.area_id)
  verifyInclusion({
    leafHash: hashFromHex(leaf_hash),
    index,
    size: batch.size,
    path: path.map(hashFromHex),
    root: hashFromHex(batch.root),
  })
  return {
    step: 'inclusion',
    status: 'proved',
    statement: `The record is number ${index + 1} of the ${batch.size} records sealed in batch ${batch.number} of ${batch.area_id}.`,
    limit: 'That this batch was published to the world is shown by the anchor.',
    facts: { index, size: batch.size, root: batch.root },
  }
}

async function checkBatchFile(
  { leaf_hash, index, batch, cid }: ProofBundle,
  files: BatchFiles,
): Promise<Evidence> {
  const file = await files.read(batch.number)
  for (const name of ['area_id', 'number', 'previous_root', 'root', 'sealed_at', 'size'] as const) {
    expectSame('batch_file', name, batch[name], file.header[name])
  }
  expectSame('batch_file', `record ${index} of the file`, leaf_hash, file.leafHashAtIndex)
  return {
    step: 'batch_file',
    status: 'proved',
    statement: `The whole file of the batch is on IPFS, and its ${batch.size} records hash to the anchored root.`,
    limit: 'This shows the file could be had now; keeping it available is up to those who pin it.',
    facts: { cid, size: batch.size },
  }
}

function checkDisclosures({ record, disclosures }: ProofBundle): Evidence {
  const disclosed = Object.entries(disclosures ?? {})
  const commitments = commitmentsOf(record)
  for (const [name, { salt, value }] of disclosed) {
    const commitment = Object.hasOwn(commitments, name) ? commitments[name] : undefined
    if (!commitment)
      throw new VerificationError(
        'disclosure',
        `${name}: the record holds no commitment of this name`,
      )
    verifyCommitment(commitment, salt, value)
  }
  const names = disclosed.map(([name]) => name).join(', ')
  return {
    step: 'disclosure',
    status: disclosed.length > 0 ? 'proved' : 'not_applicable',
    statement:
      disclosed.length > 0
        ? `The disclosed ${names} ${disclosed.length === 1 ? 'is' : 'are'} what was committed to when the record was made.`
        : 'Nothing private is disclosed in this bundle.',
    limit: null,
    facts: { disclosed: disclosed.length },
  }
}

function commitmentsOf(record: ProofBundle['record']): Record<string, string | undefined> {
  switch (record.type) {
    case 'complaint_event':
      return record.commitments
    case 'device_event':
      return { location: record.device.location_commitment }
    case 'reading':
      return { location: record.reading.location_commitment }
  }
}
