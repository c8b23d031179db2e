import type { Who } from '../shared/api/accounts.ts'

/**
 * Who is signed in. Known to the server while it renders, so that no page shows what is not for its reader; `refresh` after every
 * step that may have changed it.
 */
export function useWho() {
  const who = useState<Who | null>('who', () => null)
  const fetchAsReader = useRequestFetch()
  const refresh = async (): Promise<Who> => {
    const answer = await fetchAsReader<Who, string>(accountApi.session(), { retry: false })
    who.value = answer
    return answer
  }
  return { who: readonly(who), refresh, account: computed(() => who.value?.account ?? null) }
}
