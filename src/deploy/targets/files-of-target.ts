/** The targets of `config emit` by their names. */
import { composeFiles } from './compose.js'
import { envFiles } from './env-files.js'
import { kubernetesFiles } from './kubernetes.js'
import { prometheusFiles } from './prometheus.js'
import { systemdFiles } from './systemd.js'
import type { Target, TargetFile, TargetPlan } from './target-file.js'

const FILES: Readonly<Record<Target, (plan: TargetPlan) => readonly TargetFile[]>> = {
  env: (plan) => envFiles(plan, 'env'),
  shell: (plan) => envFiles(plan, 'shell'),
  compose: composeFiles,
  systemd: systemdFiles,
  k8s: kubernetesFiles,
  prometheus: prometheusFiles,
}

/** Throws what the targets throw for a deployment they can't carry: SETTING_MISSING, SETTING_INVALID, PORTS_COLLIDE. */
export function filesOfTarget(target: Target, plan: TargetPlan): readonly TargetFile[] {
  return FILES[target](plan)
}
