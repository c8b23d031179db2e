import { COMPLAINT_KINDS, type ComplaintKind } from '../../../shared/complaint/index.ts'

/** Kinds of complaints in the words of Open311 GeoReport v2; docs/open311.md. */

const SERVICES: Record<ComplaintKind, { name: string; description: string; keywords: string }> = {
  no_supply: {
    name: 'No supply',
    description: 'No electricity at the place, now.',
    keywords: 'outage, power cut',
  },
  low_voltage: {
    name: 'Low voltage',
    description: 'Lights are dim, motors do not start.',
    keywords: 'voltage, brownout',
  },
  high_voltage: {
    name: 'High voltage',
    description: 'Lamps burn out, appliances are damaged.',
    keywords: 'voltage, surge',
  },
  hazard: {
    name: 'Hazard',
    description: 'A fallen wire, a fire, an open box: anything that may hurt someone.',
    keywords: 'danger, wire, fire',
  },
  repeated_outages: {
    name: 'Repeated outages',
    description: 'Electricity goes again and again.',
    keywords: 'outage, power cuts',
  },
}

/** `services`: the kinds of complaints. */
export const open311Services = () =>
  COMPLAINT_KINDS.map((kind) => ({
    service_code: kind,
    service_name: SERVICES[kind].name,
    description: SERVICES[kind].description,
    metadata: false,
    type: 'realtime',
    keywords: SERVICES[kind].keywords,
    group: 'electricity',
  }))

export const serviceName = (kind: ComplaintKind): string => SERVICES[kind].name
