import { frameLoop, QRCanvas, rearCamera, type QRCamera } from 'qr/dom.js'

export type CameraRefusal = 'refused' | 'missing'

const refusalOf = (error: unknown): CameraRefusal =>
  error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'missing'

/** Reads one QR code from the camera behind the phone. Nothing is asked of the camera before `start`, nothing stays on after. */
export function useQrCamera(onText: (text: string) => void) {
  const isOn = ref(false)
  const refusal = ref<CameraRefusal | null>(null)
  let camera: QRCamera | null = null
  let endLoop = () => {}

  function stop() {
    endLoop()
    camera?.stop()
    camera = null
    isOn.value = false
  }

  async function start(video: HTMLVideoElement) {
    stop()
    refusal.value = null
    isOn.value = true
    try {
      const opened = await rearCamera(video)
      // Stopped, or the page left, while the question stood.
      if (!isOn.value) opened.stop()
      else watchFor(opened)
    } catch (error) {
      refusal.value = refusalOf(error)
      isOn.value = false
    }
  }

  function watchFor(opened: QRCamera) {
    camera = opened
    const canvas = new QRCanvas()
    endLoop = frameLoop(() => {
      void opened.readFrame(canvas, true).then((found) => {
        if (typeof found !== 'string' || !isOn.value) return
        stop()
        onText(found)
      })
    })
  }

  onBeforeUnmount(stop)
  return { isOn, refusal, start, stop }
}
