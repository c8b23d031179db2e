import { CodedError } from '../shared/coded-error.ts'

/** What of a ledger does not hold, in the order in which it is looked at. */
export type AuditCode = 'batch_chain' | 'batch_file' | 'enrolment' | 'device_signature'

/** The ledger contradicts the contract or itself. The message says where, expected, got. */
export class Contradiction extends CodedError<AuditCode> {}

/** Stops the audit unless two values agree. */
export function expectAgreement(
  code: AuditCode,
  what: string,
  expected: string | number,
  got: string | number,
): void {
  if (expected !== got) throw new Contradiction(code, `${what}: expected ${expected}, got ${got}`)
}
