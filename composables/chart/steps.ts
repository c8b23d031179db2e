import type { OutageInterruption } from '../../shared/api/outages.ts'

export interface Step {
  at: number
  customers: number
}

/** Customers without power from each moment on, from none to `asOfAt`. */
export function customerSteps(
  interruptions: readonly OutageInterruption[],
  asOfAt: number,
): Step[] {
  const changes = new Map<number, number>()
  const add = (at: number, customers: number) => changes.set(at, (changes.get(at) ?? 0) + customers)
  for (const { counted_at, ended_at, customers_served } of interruptions) {
    add(Date.parse(counted_at), customers_served)
    if (ended_at !== null) add(Date.parse(ended_at), -customers_served)
  }
  let customers = 0
  const steps = [...changes]
    .sort(([a], [b]) => a - b)
    .map(([at, change]) => ({ at, customers: (customers += change) }))
  return customers > 0 ? [...steps, { at: asOfAt, customers }] : steps
}
