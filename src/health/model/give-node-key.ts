/** What to do where nodes are looked at as a stranger: they tell what they know of themselves only to each other. */

export const GIVE_NODE_KEY =
  'set WCN_NODE_KEY_FILE or --node-key-file to the file with the secret key of one of your nodes'
