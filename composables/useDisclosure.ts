/** Whether a `<details>` is open: what is inside may then be made only when it is wanted. Give it `details` as ref. */
export function useDisclosure() {
  const details = useTemplateRef<HTMLDetailsElement>('details')
  const isOpen = ref(false)
  const look = () => {
    isOpen.value = details.value?.open ?? false
  }
  // It may have been opened before any script ran.
  onMounted(look)
  return { isOpen, look }
}
