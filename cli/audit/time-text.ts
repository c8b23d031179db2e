const DATE_CHARACTERS = 'YYYY-MM-DD'.length

/** A time as formats write a device's: whole seconds, UTC. */
export const timeText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** The day (UTC) of a time. */
export const dateText = (at: number): string => timeText(at).slice(0, DATE_CHARACTERS)
