import type { Complaint } from '../shared/api/complaints.ts'
import { publicSchemas } from '../shared/complaint/index.ts'

type Event = Pick<Complaint['events'][number], 'event' | 'public'>

/** What an event of a complaint says in public, in the page's language. */
export function useComplaintEventText() {
  const { t } = useText()
  const { format } = useFormat()

  function titleOf({ event, public: { about } }: Event): string {
    return about === 'joined' || about === 'photo' || about === 'merged'
      ? t(`complaint.about.${about}`)
      : t(`complaint.event.${event}`)
  }

  /** Why, by whom, and what fault was found with the clock that then counts. */
  function detailOf({ event, public: said }: Event): string[] {
    switch (event) {
      case 'assigned': {
        const { team, ...found } = publicSchemas.assigned.parse(said)
        return [t('complaint.team', { team }), ...faultIn(found)]
      }
      case 'acknowledged':
        return faultIn(publicSchemas.acknowledged.parse(said))
      case 'in_progress':
        return faultIn(publicSchemas.in_progress.parse(said))
      case 'resolved':
        return faultIn(publicSchemas.resolved.parse(said))
      case 'reopened':
        return [t(`complaint.reason.${publicSchemas.reopened.parse(said).reason}`)]
      case 'rejected':
        return [t(`complaint.reason.${publicSchemas.rejected.parse(said).reason}`)]
      case 'redacted':
        return [t(`complaint.reason.${publicSchemas.redacted.parse(said).reason}`)]
      default:
        return []
    }
  }

  function faultIn({ fault, due_at: dueAt }: Found): string[] {
    if (fault === undefined || dueAt === undefined) return []
    const values = { fault: t(`complaint.fault.${fault}`), at: format.value.moment(dueAt) }
    return [t('complaint.found', values)]
  }

  /** The other complaint an event is about; null where there is none. */
  function otherOf({ event, public: said }: Event): string | null {
    if (event === 'rejected') return publicSchemas.rejected.parse(said).duplicate_of ?? null
    if (event !== 'commented') return null
    const comment = publicSchemas.commented.parse(said)
    return comment.about === 'merged' ? comment.complaint_id : null
  }

  return { titleOf, detailOf, otherOf }
}

type Found = ReturnType<typeof publicSchemas.acknowledged.parse>
