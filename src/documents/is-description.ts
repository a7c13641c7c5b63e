/** Tells a deployment description from a nodes file by its shape: both list nodes, and only one says what they run with. */

const FIELDS = [
  ...[
    'database',
    'contract_address',
    'operator',
    'rpc_url',
    'rpc_url_file',
    'encryption_key_file',
    'operator_key_file',
  ],
  ...['images', 'compose', 'systemd', 'kubernetes'],
]

export function isDescription(document: Readonly<Record<string, unknown>>): boolean {
  return FIELDS.some((field) => Object.hasOwn(document, field))
}
