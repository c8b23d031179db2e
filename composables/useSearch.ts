import type { SearchAnswer } from '../shared/api/search.ts'

export type Found = SearchAnswer['items'][number]

const PAUSE_MS = 250

/** Areas and devices by what was typed, asked for when the typing pauses. */
export function useSearch(words: Readonly<Ref<string>>) {
  /** Null: nothing was asked, or the answer is not there yet. */
  const found = shallowRef<readonly Found[] | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function look() {
    const request = ++asked
    const q = words.value.trim()
    found.value = null
    trouble.value = null
    if (q === '') return
    try {
      const { items } = await ask<SearchAnswer>(apiPaths.search(q))
      if (request === asked) found.value = items
    } catch (failure) {
      if (request === asked) trouble.value = troubleOf(failure)
    }
  }

  watch(words, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), PAUSE_MS)
  })
  onBeforeUnmount(() => clearTimeout(timer))
  return { found, trouble, look }
}
