import type { Batch } from '../../shared/api/ledger.ts'
import type { PortalRequests } from './portal-requests.ts'

export interface LedgerCounts {
  sealed: number
  anchored: number
}

const isAnchored = ({ state }: Batch): boolean => state === 'anchored' || state === 'final'

/**
 * Counts batches from the portal's public list, newest first. Batches of an area are numbered from 1 without gaps and
 * anchored in that order, so the highest numbers are the counts, and older pages need not be read again.
 */
export function ledgerCounts(portal: Pick<PortalRequests, 'batches'>): {
  refresh(): Promise<LedgerCounts>
} {
  const sealed = new Map<string, number>()
  const anchored = new Map<string, number>()

  const raise = (highest: Map<string, number>, { area_id, number }: Batch): boolean => {
    if (number <= (highest.get(area_id) ?? 0)) return false
    highest.set(area_id, number)
    return true
  }
  const note = (batch: Batch): boolean => {
    const newlySealed = raise(sealed, batch)
    const newlyAnchored = isAnchored(batch) && raise(anchored, batch)
    return newlySealed || newlyAnchored
  }

  return {
    async refresh() {
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<PortalRequests['batches']>> = await portal.batches(cursor)
        const news = page.items.filter(note)
        cursor = news.length > 0 ? page.next : null
      } while (cursor !== null)
      return { sealed: sum(sealed), anchored: sum(anchored) }
    },
  }
}

const sum = (highest: Map<string, number>): number =>
  [...highest.values()].reduce((total, number) => total + number, 0)
