export default defineEventHandler(() => ({ status: 'alive' }))
