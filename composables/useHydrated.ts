/**
 * False on the server and until this component is mounted, then true: guards what only the browser knows (its time zone,
 * its storage), so that the first render is the server's.
 */
export function useHydrated(): Readonly<Ref<boolean>> {
  const isHydrated = ref(false)
  onMounted(() => {
    isHydrated.value = true
  })
  return isHydrated
}
