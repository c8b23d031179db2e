/** Area and number of the batch named by the page's address. */
export function useBatchAddress(): { areaId: string; number: string } {
  const { params } = useRoute()
  return { areaId: String(params['area']), number: String(params['number']) }
}
