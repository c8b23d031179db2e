/** How far back the map can be looked at as it was. */
export const MAP_HISTORY_HOURS = 48
