/** A time as formats write a device's: whole seconds, UTC. */
export const timeText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
