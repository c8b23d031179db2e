import { acceptMessage } from '../services/reading/accept-message'

/** Road step 3 for messages: what comes from the broker is handed to the service, and counted by what became of it. */
export default defineNitroPlugin(() => {
  const { messages, intake, refusals } = useComposition()
  if (!messages) return
  watchMessages(messages)
  let lastTrouble = ''
  messages.open({
    async take(message) {
      const verdict = await acceptMessage(intake, message, deviceAllowance)
      countMessage(verdict.status === 'rejected' ? verdict.code : verdict.status)
      if (verdict.status === 'rejected') refusals.note(message.topic, verdict)
      lastTrouble = ''
    },
    onTrouble(trouble) {
      // The same trouble again and again is told once.
      if (trouble !== lastTrouble) log('error', `MQTT: ${trouble}; trying again`)
      lastTrouble = trouble
    },
  })
})
