import type { Complaint } from '../shared/api/complaints.ts'
import { publicSchemas } from '../shared/complaint/index.ts'

type Event = Pick<Complaint['events'][number], 'event' | 'public'>

/** What an event of a complaint says in public, in the page's language. */
export function useComplaintEventText() {
  const { t } = useText()

  function titleOf({ event, public: { about } }: Event): string {
    return about === 'joined' || about === 'photo' || about === 'merged'
      ? t(`complaint.about.${about}`)
      : t(`complaint.event.${event}`)
  }

  /** Why, or by whom; null where there is nothing to add. */
  function detailOf({ event, public: said }: Event): string | null {
    switch (event) {
      case 'assigned':
        return t('complaint.team', { team: publicSchemas.assigned.parse(said).team })
      case 'reopened':
        return t(`complaint.reason.${publicSchemas.reopened.parse(said).reason}`)
      case 'rejected':
        return t(`complaint.reason.${publicSchemas.rejected.parse(said).reason}`)
      case 'redacted':
        return t(`complaint.reason.${publicSchemas.redacted.parse(said).reason}`)
      default:
        return null
    }
  }

  return { titleOf, detailOf }
}
