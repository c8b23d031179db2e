import { FIRST_PREVIOUS, hashOfAction, type Action } from '../../../shared/action-log/index.ts'
import type { Actor } from './actor.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'

/** Everything that is noted; docs/formats/action-log.md says what each means. */
export type ActionName =
  | 'signed_in'
  | 'sign_in_failed'
  | 'second_factor_failed'
  | 'signed_out'
  | 'signed_out_everywhere'
  | 'session_revoked'
  | 'password_changed'
  | 'totp_begun'
  | 'totp_confirmed'
  | 'totp_removed'
  | 'recovery_codes_made'
  | 'person_invited'
  | 'invitation_withdrawn'
  | 'invitation_accepted'
  | 'person_changed'
  | 'reset_issued'
  | 'reset_used'
  | 'area_put'
  | 'retry_asked'
  | 'outages_rebuild_asked'
  | 'devices_enrolled'
  | 'device_event_recorded'
  | 'firmware_image_put'
  | 'firmware_published'
  | 'action_log_exported'
  | 'complaint_changed'
  | 'complaint_data_read'
  | 'complaint_data_erased'

/** What is noted; number, time and hashes are the log's own. */
export interface ActionNote {
  /** Null where nobody was signed in. */
  actor: Pick<Actor, 'accountId' | 'pseudonym'> | null
  action: ActionName
  /** Id of what was acted on. */
  target?: string | null
  /** No personal data: the log cannot forget. */
  detail?: Record<string, string>
  /** As `networkOf` cuts it. */
  network: string | null
}

/**
 * Adds an entry to the end of the action log; durable before it returns. Note first, act after: then no change is without
 * its entry, though a process that dies in between leaves an entry without its change.
 */
export async function noteAction(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  { actor, action, target = null, detail = {}, network }: ActionNote,
): Promise<void> {
  for (;;) {
    const last = await models.actions.findOne().sort({ _id: -1 }).lean()
    const unhashed: Action = {
      number: last ? last.entry.number + 1 : 0,
      at: clock.now().toISOString(),
      account_id: actor?.accountId ?? null,
      pseudonym: actor?.pseudonym ?? null,
      action,
      target,
      detail,
      network,
      previous: last?.entry.hash ?? FIRST_PREVIOUS,
      hash: '',
    }
    const entry = { ...unhashed, hash: hashOfAction(unhashed) }
    try {
      await models.actions.create({ _id: entry.number, entry })
      return
    } catch (error) {
      // Another took the number: the log is one longer, so every round someone gets on.
      if (!isDuplicateKey(error)) throw error
    }
  }
}
