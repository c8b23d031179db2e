import { readBihar } from './bihar.ts'
import { readHelene } from './helene.ts'
import type { Scenario } from './scenario.ts'

const definitions = { helene: readHelene, bihar: readBihar }
export type ScenarioName = keyof typeof definitions

/** The scenarios there are. */
export const scenarioNames = Object.keys(definitions)

/** Narrows a name to a scenario there is. */
export const isScenarioName = (name: string): name is ScenarioName =>
  Object.hasOwn(definitions, name)

/** Reads a scenario; throws when its data are not what is expected. */
export const readScenario = (name: ScenarioName): Promise<Scenario> => definitions[name]()
