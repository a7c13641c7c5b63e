/** Says of each command what its use case returns, for the JSON Schemas that are made of it (`npm run schemas`). */

export type { SeveralContexts } from '../src/cli/several-contexts.js'
export type { Envelope } from '../src/cli/sink.js'

interface UseCase {
  readonly run: (services: never, input: never) => Promise<{ readonly data: unknown }>
}
type DataOf<Module extends UseCase> = Awaited<ReturnType<Module['run']>>['data']

export interface JsonDocuments {
  'admin deploy': DataOf<typeof import('../src/admin/admin-deploy.js')>
  'admin maintenance release': DataOf<typeof import('../src/admin/admin-maintenance-release.js')>
  'admin migration abort': DataOf<typeof import('../src/admin/admin-migration-abort.js')>
  'admin migration plan': DataOf<typeof import('../src/admin/admin-migration-plan.js')>
  'admin migration start': DataOf<typeof import('../src/admin/admin-migration-start.js')>
  'admin operator add': DataOf<typeof import('../src/admin/admin-operator-add.js')>
  'admin operator approve': DataOf<typeof import('../src/admin/admin-operator-approve.js')>
  'admin operator remove': DataOf<typeof import('../src/admin/admin-operator-remove.js')>
  'admin operator rename': DataOf<typeof import('../src/admin/admin-operator-rename.js')>
  'admin operator set': DataOf<typeof import('../src/admin/admin-operator-set.js')>
  'admin ownership accept': DataOf<typeof import('../src/admin/admin-ownership-accept.js')>
  'admin ownership status': DataOf<typeof import('../src/admin/admin-ownership-status.js')>
  'admin ownership transfer': DataOf<typeof import('../src/admin/admin-ownership-transfer.js')>
  'admin settings update': DataOf<typeof import('../src/admin/admin-settings-update.js')>
  'admin settings view': DataOf<typeof import('../src/admin/admin-settings-view.js')>
  'clients list': DataOf<typeof import('../src/clients/clients-list.js')>
  'clients remove': DataOf<typeof import('../src/clients/clients-remove.js')>
  'clients set': DataOf<typeof import('../src/clients/clients-set.js')>
  'cluster diff': DataOf<typeof import('../src/history/cluster-diff.js')>
  'cluster exporter': DataOf<typeof import('../src/exporter/cluster-exporter.js')>
  'cluster history': DataOf<typeof import('../src/history/cluster-history.js')>
  'cluster status': DataOf<typeof import('../src/availability/cluster-status.js')>
  'cluster view': DataOf<typeof import('../src/overview/cluster-view.js')>
  'cluster watch': DataOf<typeof import('../src/history/cluster-watch.js')>
  completion: import('../src/completion/view.js').CompletionJson
  'config check': DataOf<typeof import('../src/lint/config-check.js')>
  'config diff': DataOf<typeof import('../src/lint/config-diff.js')>
  'config emit': DataOf<typeof import('../src/deploy/config-emit.js')>
  'config init': DataOf<typeof import('../src/deploy/config-init.js')>
  'config show': DataOf<typeof import('../src/context/config-show.js')>
  'context add': DataOf<typeof import('../src/context/context-add.js')>
  'context list': DataOf<typeof import('../src/context/context-list.js')>
  'context remove': DataOf<typeof import('../src/context/context-remove.js')>
  'context use': DataOf<typeof import('../src/context/context-use.js')>
  'devnet break': DataOf<typeof import('../src/devnet/devnet-break.js')>
  'devnet down': DataOf<typeof import('../src/devnet/devnet-down.js')>
  'devnet drill': DataOf<typeof import('../src/devnet/devnet-drill.js')>
  'devnet fund': DataOf<typeof import('../src/devnet/devnet-fund.js')>
  'devnet mend': DataOf<typeof import('../src/devnet/devnet-mend.js')>
  'devnet serve': DataOf<typeof import('../src/devnet/devnet-serve.js')>
  'devnet status': DataOf<typeof import('../src/devnet/devnet-status.js')>
  'devnet up': DataOf<typeof import('../src/devnet/devnet-up.js')>
  doctor: DataOf<typeof import('../src/doctor/doctor.js')>
  help: import('../src/help/help.js').HelpJson
  init: DataOf<typeof import('../src/init/init.js')>
  'key generate': DataOf<typeof import('../src/key/key-generate.js')>
  'key inspect': DataOf<typeof import('../src/key/key-inspect.js')>
  'key prove': DataOf<typeof import('../src/register/key-prove.js')>
  'maintenance enter': DataOf<typeof import('../src/maintenance/maintenance-enter.js')>
  'maintenance exit': DataOf<typeof import('../src/maintenance/maintenance-exit.js')>
  'maintenance run': DataOf<typeof import('../src/maintenance/maintenance-run.js')>
  'maintenance status': DataOf<typeof import('../src/maintenance/maintenance-status.js')>
  'migration status': DataOf<typeof import('../src/availability/migration-status.js')>
  'nodes add': DataOf<typeof import('../src/nodes/nodes-add.js')>
  'nodes check': DataOf<typeof import('../src/health/nodes-check.js')>
  'nodes diff': DataOf<typeof import('../src/nodes/nodes-diff.js')>
  'nodes export': DataOf<typeof import('../src/nodes/nodes-export.js')>
  'nodes list': DataOf<typeof import('../src/nodes/nodes-list.js')>
  'nodes remove': DataOf<typeof import('../src/nodes/nodes-remove.js')>
  'nodes rollout': DataOf<typeof import('../src/nodes/nodes-rollout.js')>
  'nodes rotate': DataOf<typeof import('../src/nodes/nodes-rotate.js')>
  'nodes update': DataOf<typeof import('../src/nodes/nodes-update.js')>
  'ok-to-stop': DataOf<typeof import('../src/availability/ok-to-stop.js')>
  'operator address': DataOf<typeof import('../src/operator/operator-address.js')>
  'operator funds': DataOf<typeof import('../src/operator/operator-funds.js')>
  'operator keygen': DataOf<typeof import('../src/operator/operator-keygen.js')>
  'operator register': DataOf<typeof import('../src/register/operator-register.js')>
  'operator rename': DataOf<typeof import('../src/operator/operator-rename.js')>
  'operator verify-request': DataOf<typeof import('../src/register/operator-verify-request.js')>
  'operator view': DataOf<typeof import('../src/operator/operator-view.js')>
  status: DataOf<typeof import('../src/status/status.js')>
  'tx cancel': DataOf<typeof import('../src/tx/tx-cancel.js')>
  'tx decode': DataOf<typeof import('../src/tx/tx-decode.js')>
  'tx list': DataOf<typeof import('../src/tx/tx-list.js')>
  'tx resume': DataOf<typeof import('../src/tx/tx-resume.js')>
  'tx send': DataOf<typeof import('../src/tx/tx-send.js')>
  'tx show': DataOf<typeof import('../src/tx/tx-show.js')>
  'tx sign': DataOf<typeof import('../src/tx/tx-sign.js')>
  version: DataOf<typeof import('../src/version/version.js')>
}
