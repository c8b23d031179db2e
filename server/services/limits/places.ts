/** Gives out places of each key, `atMost` at a time; null where all are taken, else what gives the place back. */
export function placesOf(atMost: number): (key: string) => (() => void) | null {
  const taken = new Map<string, number>()
  return (key) => {
    const before = taken.get(key) ?? 0
    if (before >= atMost) return null
    taken.set(key, before + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = (taken.get(key) ?? 1) - 1
      if (left === 0) taken.delete(key)
      else taken.set(key, left)
    }
  }
}
