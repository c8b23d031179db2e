/** Where queue and complaint are one after the other, as on a phone, the queue is found again where it was left. */
export function useQueueScroll(openId: Readonly<Ref<string | null>>) {
  let queueY = 0
  watch(
    openId,
    (_, before) => {
      if (before === null) queueY = window.scrollY
    },
    { flush: 'sync' },
  )
  watch(openId, (id) => window.scrollTo(0, id === null ? queueY : 0), { flush: 'post' })
}
