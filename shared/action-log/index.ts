import { z } from 'zod'
import { sha256, toHex } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { accountIdField, pseudonymField } from '../account/role.ts'
import { hashField, integerField, serverTimeField } from '../fields.ts'
import { canonicalBytes } from '../json.ts'

/** What stands as `previous` in the first entry. */
export const FIRST_PREVIOUS = '0'.repeat(64)

/** One entry of the action log; docs/formats/action-log.md. */
export const actionSchema = z.strictObject({
  number: integerField(0),
  at: serverTimeField,
  /** Null where nobody was signed in. */
  account_id: accountIdField.nullable(),
  pseudonym: pseudonymField.nullable(),
  action: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'expected a name of a–z, 0–9 and _'),
  target: z.string().max(200).nullable(),
  detail: z.record(z.string(), z.string()),
  /** Network the request came from, cut to /24 or /48. */
  network: z.string().max(60).nullable(),
  previous: hashField,
  hash: hashField,
})
export type Action = z.infer<typeof actionSchema>

/** SHA-256 over the canonical JSON of an entry without its `hash`. */
export const hashOfAction = ({ hash: _, ...entry }: Action): string =>
  toHex(sha256(canonicalBytes(entry)))

/** The end of a chain that holds. */
export interface ActionHead {
  count: number
  hash: string
}

/**
 * Follows the chain from `head` through these entries. Throws `action_log_broken`, naming the first entry that was changed,
 * moved, put in or left out.
 */
export function followActions(
  entries: Iterable<Action>,
  head: ActionHead = { count: 0, hash: FIRST_PREVIOUS },
): ActionHead {
  let { count, hash } = head
  for (const entry of entries) {
    if (entry.number !== count) throw broken(count, `number ${count}`, `number ${entry.number}`)
    if (entry.previous !== hash) throw broken(count, `previous ${hash}`, entry.previous)
    const expected = hashOfAction(entry)
    if (entry.hash !== expected) throw broken(count, `hash ${expected}`, entry.hash)
    count += 1
    hash = entry.hash
  }
  return { count, hash }
}

const broken = (number: number, expected: string, got: string) =>
  new CodedError('action_log_broken', `action ${number}: expected ${expected}, got ${got}`)
