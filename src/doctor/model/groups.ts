/** What `doctor` looks at, in its order. */

export const DOCTOR_GROUPS = [
  'settings',
  'files',
  'keys',
  'providers',
  'contract',
  'encryption-key',
  'membership',
  'nodes-file',
  'funds',
  'transactions',
  'maintenance',
  'migration',
  'nodes',
  'database',
  'clock',
  'primary',
] as const
export type DoctorGroup = (typeof DOCTOR_GROUPS)[number]
