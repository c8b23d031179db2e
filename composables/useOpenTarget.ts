/** Opens the `<details>` that the address points at, when the page opens and whenever the address changes. */
export function useOpenTarget(): void {
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!(target instanceof HTMLDetailsElement)) return
    target.open = true
    target.scrollIntoView()
  }
  onMounted(() => {
    open()
    window.addEventListener('hashchange', open)
  })
  onBeforeUnmount(() => window.removeEventListener('hashchange', open))
}
