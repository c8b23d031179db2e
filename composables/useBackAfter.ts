/** Calls when the reader comes back to the page after this long at the least, in milliseconds. */
export function useBackAfter(awayMs: number, act: () => Promise<unknown>) {
  let leftAt: number | null = null
  function look() {
    if (document.visibilityState === 'hidden') {
      leftAt = Date.now()
      return
    }
    if (leftAt !== null && Date.now() - leftAt >= awayMs) void act()
    leftAt = null
  }
  onMounted(() => document.addEventListener('visibilitychange', look))
  onBeforeUnmount(() => document.removeEventListener('visibilitychange', look))
}
