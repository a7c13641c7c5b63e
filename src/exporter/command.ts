/** `cluster exporter`. */
import type { Command } from 'commander'
import { describePages } from '../cli/help.js'
import { clusterRead, surveyOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function clusterExporterCommand(cluster: Command): void {
  surveyOptions(clusterRead(cluster.command('exporter').summary('what `cluster status` finds out, for Prometheus')))
    .option('--listen <address:port>', 'where to be asked (default: 127.0.0.1:9464)')
    .option('--interval <duration>', 'how long to wait between two looks (default: 60s)')
    .option('--via <url>', 'what one of your nodes sees, from its metrics server: http://HOST:PORT/metrics/cluster')
    .action(
      runLazily(
        () => import('./cluster-exporter.js'),
        async () => (await import('./view.js')).exporterText,
      ),
    )
  describePages(cluster, {
    exporter: [
      'Looks at the whole cluster again and again, as `wcn cluster status` does, and serves what it found at /metrics in the text format of Prometheus. Whoever collects that asks nobody else by it. It goes on until it is interrupted.',
      'wcn cluster exporter --listen 127.0.0.1:9464 --node-key-file keys/node-a.key',
      'wcn cluster exporter --listen 127.0.0.1:9465 --interval 5m --json',
    ],
  })
}
