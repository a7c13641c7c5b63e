/** What Prometheus scrapes, and the alerts it raises: what an operator has to know about before the network does. */
import { alertRules } from './prometheus/alerts.js'
import { scrapeConfigs } from './prometheus/scrape-configs.js'
import { sharedFile, type TargetFile, type TargetPlan } from './target-file.js'

/** Throws SETTING_MISSING where two services would be scraped at one address. */
export function prometheusFiles(plan: TargetPlan): readonly TargetFile[] {
  return [
    sharedFile(
      'prometheus.yml',
      [
        'What Prometheus scrapes. Name this file under scrape_config_files of your prometheus.yml (from 2.43 on), or put its',
        'jobs under scrape_configs there. The rules beside it go by the names of the jobs and by their labels.',
        'Metrics servers answer everybody: let only Prometheus reach them. Only /metrics is scraped; a node answers',
        '/metrics/cluster by asking the whole cluster.',
      ],
      [{ scrape_configs: scrapeConfigs(plan) }],
    ),
    sharedFile(
      'wcn.rules.yml',
      [
        'Alerts. Name this file under rule_files of your prometheus.yml and send severity page to whoever is on call.',
        'In a maintenance of the network the alerts about the database are right and expected: silence them.',
      ],
      [{ groups: [{ name: 'wcn', rules: alertRules(plan) }] }],
    ),
  ]
}
