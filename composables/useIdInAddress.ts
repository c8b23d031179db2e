/** The id an address of a page ends with. */
export function useIdInAddress(): string {
  const { id } = useRoute().params
  return typeof id === 'string' ? id : ''
}
