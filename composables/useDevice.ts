import type { Device } from '../shared/api/devices.ts'

/** Public facts of the device with this id; asked for again whenever the id changes or `again` is called. */
export function useDevice(deviceId: Readonly<Ref<string>>) {
  const device = shallowRef<Device | null>(null)
  const trouble = shallowRef<Trouble | null>(null)

  async function load() {
    const asked = deviceId.value
    trouble.value = null
    try {
      const answer = await ask<Device>(apiPaths.device(asked))
      if (asked === deviceId.value) device.value = answer
    } catch (error) {
      if (asked === deviceId.value) trouble.value = troubleOf(error)
    }
  }

  watch(
    deviceId,
    () => {
      device.value = null
      void load()
    },
    { immediate: true },
  )
  return { device, trouble, again: load }
}
