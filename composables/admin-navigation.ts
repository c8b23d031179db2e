import type { Role } from '../shared/account/role.ts'

interface AdminPage {
  /** Below `/admin`; its title is `admin.page.<name>`. */
  name: 'desk' | 'devices' | 'areas' | 'batches' | 'ledger' | 'people' | 'actions'
  icon: string
  roles: readonly Role[]
}

/** Pages of the officials' area in their order, and who is led to them. What they may ask is the server's to say. */
export const ADMIN_PAGES: readonly AdminPage[] = [
  { name: 'desk', icon: 'i-lucide-inbox', roles: ['official', 'admin', 'auditor'] },
  { name: 'devices', icon: 'i-lucide-radio-tower', roles: ['admin', 'auditor'] },
  { name: 'areas', icon: 'i-lucide-map', roles: ['admin', 'auditor'] },
  { name: 'batches', icon: 'i-lucide-layers', roles: ['admin', 'auditor'] },
  { name: 'ledger', icon: 'i-lucide-wallet', roles: ['admin', 'auditor'] },
  { name: 'people', icon: 'i-lucide-users', roles: ['admin', 'auditor'] },
  { name: 'actions', icon: 'i-lucide-scroll-text', roles: ['admin', 'auditor'] },
]
