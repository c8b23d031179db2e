/** Version of the outage rules, docs/formats/outage-rules.md; every set of figures names the one it follows. */
export const OUTAGE_RULES_VERSION = 1

/** After this many heartbeats without a reading a device that said ON is silent. */
export const SILENT_AFTER_HEARTBEATS = 3
/** Interruptions of one area whose starts lie no further apart than this are one event. */
export const CHAIN_MS = 180_000
/** An interruption of at most this length is momentary, a longer one sustained. */
export const MOMENTARY_MS = 5 * 60_000
/** Coverage below this makes every index of the same answer provisional. */
export const PROVISIONAL_BELOW = 0.8
/** A device's clock may be ahead of the server's by this much before its time is no longer taken. */
export const MAX_CLOCK_AHEAD_MS = 5 * 60_000

export const MS_PER_SECOND = 1000
export const SECONDS_PER_MINUTE = 60
