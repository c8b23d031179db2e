import { CodedError } from '../coded-error.ts'

/** Steps of a verification in their order; formats.md §5. */
export const STEPS = [
  'malformed',
  'record_hash',
  'device_signature',
  'inclusion',
  'anchor',
  'enrolment',
  'batch_file',
  'disclosure',
] as const
export type Step = (typeof STEPS)[number]

/** What one step showed. */
export interface Evidence {
  step: Step
  status: 'proved' | 'not_checked' | 'not_applicable'
  /** One sentence a person can quote. */
  statement: string
  /** What this step does not prove; null where there is nothing to add. */
  limit: string | null
  facts: Record<string, string | number>
}

/** What the bundle says of something, and what was found in its place. */
export interface Mismatch {
  what: string
  expected: string | number
  got: string | number
}

/**
 * What it means that a step stopped the verification. Only `disproved` speaks against the record: `not_a_proof` is no
 * bundle at all, and a bundle anchored `elsewhere` names another chain or contract than the verifier trusts.
 */
export type Refusal = 'disproved' | 'not_a_proof' | 'elsewhere'

/** The step that stopped the verification, and why. */
export class VerificationError extends CodedError<Step> {
  /** Null where it failed otherwise than by two values that differ. */
  readonly mismatch: Mismatch | null
  readonly refusal: Refusal

  constructor(
    code: Step,
    message: string,
    {
      mismatch = null,
      refusal = code === 'malformed' ? 'not_a_proof' : 'disproved',
      ...options
    }: ErrorOptions & { mismatch?: Mismatch | null; refusal?: Refusal } = {},
  ) {
    super(code, message, options)
    this.mismatch = mismatch
    this.refusal = refusal
  }
}

/** True when every step that applies to the record was checked and proved. */
export const isFullyProved = (evidence: readonly Evidence[]): boolean =>
  evidence.every(({ status }) => status !== 'not_checked')

/** Runs one check and turns what it throws into the failure of this step. */
export async function proving<T>(step: Step, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (cause) {
    if (cause instanceof VerificationError || !(cause instanceof CodedError)) throw cause
    throw new VerificationError(step, cause.message, { cause })
  }
}

/** Fails a step unless two values agree. */
export function expectSame(
  step: Step,
  what: string,
  expected: string | number,
  got: string | number,
  refusal: Refusal = 'disproved',
): void {
  if (expected === got) return
  throw new VerificationError(step, `${what}: the bundle says ${expected}, found ${got}`, {
    mismatch: { what, expected, got },
    refusal,
  })
}
