/** Calls back whenever the browser says that the connection is there again, while the component is mounted. */
export function onBackOnline(back: () => void): void {
  onMounted(() => addEventListener('online', back))
  onBeforeUnmount(() => removeEventListener('online', back))
}
