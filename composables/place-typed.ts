import { latitudeField, longitudeField } from '../shared/fields.ts'

interface Degrees {
  latitude: number
  longitude: number
}

/** A place whose degrees are texts; null where they are none. */
export function placeOfDegrees(latitude: string, longitude: string): Degrees | null {
  const north = latitudeField.safeParse(degrees(latitude))
  const east = longitudeField.safeParse(degrees(longitude))
  return north.success && east.success ? { latitude: north.data, longitude: east.data } : null
}

const degrees = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** The place a person typed: latitude, then longitude, parted by a comma or a space. */
export function placeTyped(text: string): Degrees | null {
  const [latitude = '', longitude = ''] = text.trim().split(/[\s,]+/)
  return placeOfDegrees(latitude, longitude)
}
