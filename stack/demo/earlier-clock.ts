/**
 * Preloaded into the demo's portal while it enrols its sensors, and only then: every date is asked of a clock that is behind by
 * GRIDWITNESS_CLOCK_BEHIND_MS. Timers run on as they do.
 */
const behindMs = Number(process.env.GRIDWITNESS_CLOCK_BEHIND_MS || NaN)
if (!Number.isSafeInteger(behindMs) || behindMs < 0) {
  throw new Error(
    `GRIDWITNESS_CLOCK_BEHIND_MS: expected whole milliseconds, got "${process.env.GRIDWITNESS_CLOCK_BEHIND_MS}"`,
  )
}

const SystemDate = Date
const systemNow = SystemDate.now.bind(SystemDate)
SystemDate.now = () => systemNow() - behindMs
globalThis.Date = new Proxy(SystemDate, {
  apply: () => new SystemDate(SystemDate.now()).toString(),
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [SystemDate.now()] : given, newTarget),
})
SystemDate.prototype.constructor = Date
