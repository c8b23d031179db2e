/** Whether an outage calls for an alert: small and short ones have none. */
export async function useOutageAlert(outageId: string) {
  const { data } = await useAsyncData(`alert:${outageId}`, () =>
    ask<string>(supplyFiles.outageAlert(outageId), { responseType: 'text' }).then(
      () => true,
      () => false,
    ),
  )
  return computed(() => data.value ?? false)
}
