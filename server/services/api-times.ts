/** A moment of whole seconds as the API writes those of devices: `2026-11-21T05:30:00Z`. */
export const secondText = (at: Date | number): string =>
  `${new Date(at).toISOString().slice(0, 19)}Z`
