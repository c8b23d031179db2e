import { latitudeField, longitudeField } from '../shared/fields.ts'

/** The place of two texts in degrees, rounded as places of complaints are; null where they are none. */
export function placeOfDegrees(latitude: string, longitude: string): ChosenPlace | null {
  const north = latitudeField.safeParse(degrees(latitude))
  const east = longitudeField.safeParse(degrees(longitude))
  return north.success && east.success
    ? exactPlace({ latitude: north.data, longitude: east.data })
    : null
}

const degrees = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** The place a person typed: latitude, then longitude, parted by a comma or a space. */
export function placeTyped(text: string): ChosenPlace | null {
  const [latitude = '', longitude = ''] = text.trim().split(/[\s,]+/)
  return placeOfDegrees(latitude, longitude)
}
