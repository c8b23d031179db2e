/** Opens the `<details>` that the address points at, and those it lies in, when the page opens and whenever the address changes. */
export function useOpenTarget(): void {
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!(target instanceof HTMLDetailsElement)) return
    for (
      let details: HTMLDetailsElement | null = target;
      details;
      details = details.parentElement?.closest('details') ?? null
    )
      details.open = true
    target.scrollIntoView()
  }
  onMounted(() => {
    open()
    window.addEventListener('hashchange', open)
  })
  onBeforeUnmount(() => window.removeEventListener('hashchange', open))
}
