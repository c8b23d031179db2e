const STORED = 'gridwitness:desk-keys'
/** Where keys mean something else. */
const TAKEN =
  'input:not([type=checkbox]), textarea, select, [contenteditable], [role=listbox], [role=combobox], [role=dialog]'

interface DeskKeys {
  move: (by: 1 | -1) => void
  choose: () => void
  step: (name: StepName) => void
  /** A step that is taken at once otherwise, to say more with it. */
  ask: (name: StepName) => void
  help: () => void
}

/**
 * Single keys for whoever works through the queue, by their place on the keyboard, whatever script it writes. They can be
 * switched off (WCAG 2.1.4), which this browser remembers.
 */
export function useDeskKeys({ move, choose, step, ask, help }: DeskKeys) {
  const isOn = ref(true)
  const actions = new Map<string, () => void>([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['x', choose],
    ...DESK_STEPS.map(({ key, name }): [string, () => void] => [key, () => step(name)]),
  ])
  const shifted = new Map(DESK_STEPS.map(({ key, name }) => [key, () => ask(name)]))

  function onKey(event: KeyboardEvent) {
    const isTaken = event.target instanceof Element && event.target.closest(TAKEN) !== null
    if (!isOn.value || isTaken || event.ctrlKey || event.metaKey || event.altKey) return
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase()
    const act = event.key === '?' ? help : (event.shiftKey ? shifted : actions).get(letter ?? '')
    if (!act) return
    event.preventDefault()
    act()
  }

  onMounted(() => {
    isOn.value = localStorage.getItem(STORED) !== 'off'
    window.addEventListener('keydown', onKey)
  })
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
  watch(isOn, (on) => {
    if (on) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, 'off')
  })
  return { isOn }
}
