/** One thing a person does with a button: it runs once at a time, and says what went wrong. */
export function useStep<Input extends unknown[]>(act: (...input: Input) => Promise<void>) {
  const isBusy = ref(false)
  const trouble = shallowRef<Trouble | null>(null)
  async function run(...input: Input): Promise<void> {
    if (isBusy.value) return
    const before = document.activeElement
    isBusy.value = true
    trouble.value = null
    try {
      await act(...input)
    } catch (failure) {
      trouble.value = troubleOf(failure)
    } finally {
      isBusy.value = false
      await giveFocusBack(before)
    }
  }
  return { run, isBusy, trouble }
}

/** A button that waits is disabled, and so loses the focus: it gets it back where nothing else took it. */
async function giveFocusBack(before: Element | null) {
  await nextTick()
  const isLost = document.activeElement === null || document.activeElement === document.body
  if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true })
}

/** Asks for a change. Throws Nuxt's `FetchError`; see `troubleOf`. */
export const change = <Answer>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Record<string, unknown>,
) => $fetch<Answer, string>(path, { method, retry: false, ...(body && { body }) })
