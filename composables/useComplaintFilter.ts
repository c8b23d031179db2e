import { COMPLAINT_STATUSES } from '../shared/complaint/index.ts'

/** What a list of complaints may be narrowed to, in the order of a complaint's life. */
export const COMPLAINT_CHOICES = ['open', ...COMPLAINT_STATUSES] as const

/** The filter of the list of complaints, kept in the page's address so that it can be shared. */
export function useComplaintFilter(): Ref<ComplaintFilter> {
  const route = useRoute()
  const router = useRouter()
  const pagePaths = usePagePaths()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return computed({
    get: () => ({
      areaId: text('area'),
      status: COMPLAINT_CHOICES.find((status) => status === text('status')),
    }),
    set: ({ areaId, status }) => void router.replace(pagePaths.complaints(areaId, status)),
  })
}
