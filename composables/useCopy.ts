const SHOWN_MS = 2_000

/** Puts text on the clipboard; `isCopied` tells so for a moment. Where the browser forbids it, nothing is told. */
export function useCopy(): {
  isCopied: Readonly<Ref<boolean>>
  copy: (text: string) => Promise<void>
} {
  const isCopied = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function copy(text: string) {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      return
    }
    isCopied.value = true
    clearTimeout(timer)
    timer = setTimeout(() => (isCopied.value = false), SHOWN_MS)
  }

  onScopeDispose(() => clearTimeout(timer))
  return { isCopied, copy }
}
