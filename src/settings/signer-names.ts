/** What the settings of signers are called, for the operator and for the cluster's owner, in both vocabularies. */

import type { SecretNames } from './secret-setting.js'
import { hexDigits } from './setting-values.js'
import type { Role } from './settings-tools.js'
import type { SettingNames } from './sources.js'

interface SignerNames {
  readonly key: SecretNames
  readonly keystore: SettingNames
  readonly password: SecretNames
  readonly kms: SettingNames
}

export const SIGNERS: Readonly<Record<Role, SignerNames>> = {
  operator: signerNames(
    "the operator's",
    '',
    ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_NODE_OPERATOR_PRIVATE_KEY'],
    ['WCN_KMS_KEY_ID'],
  ),
  owner: signerNames(
    "the owner's",
    'owner_',
    ['WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY'],
    ['WCN_OWNER_KMS_KEY_ID', 'WCN_CLUSTER_SMART_CONTRACT_OWNER_KMS_KEY_ARN'],
  ),
}

export const OPERATOR: SettingNames = {
  name: 'operator',
  title: 'the operator',
  flags: ['operator'],
  variables: ['WCN_OPERATOR'],
  canonical: hexDigits,
  goesWith: [SIGNERS.operator.key.inline, SIGNERS.operator.key.file, SIGNERS.operator.keystore],
}

/** The owner's have names of their own: a context knows the operator's, and they must not be taken for each other. */
function signerNames(
  whose: string,
  prefix: '' | 'owner_',
  privateKey: readonly string[],
  kms: readonly string[],
): SignerNames {
  const variable = (name: string) => `WCN_${prefix.toUpperCase()}${name}`
  const keystore: SettingNames = {
    name: `${prefix}keystore`,
    title: `${whose} keystore`,
    flags: ['keystore'],
    variables: [variable('KEYSTORE')],
  }
  return {
    key: {
      inline: {
        name: `${prefix}private_key`,
        title: `${whose} private key`,
        flags: ['privateKey'],
        variables: privateKey,
        canonical: hexDigits,
      },
      file: {
        name: `${prefix}private_key_file`,
        title: `the file with ${whose} private key`,
        flags: ['privateKeyFile'],
        variables: [variable('PRIVATE_KEY_FILE')],
      },
    },
    keystore,
    password: {
      inline: {
        name: `${prefix}keystore_password`,
        title: `the password of ${whose} keystore`,
        flags: [],
        variables: [variable('KEYSTORE_PASSWORD')],
      },
      file: {
        name: `${prefix}password_file`,
        title: `the file with the password of ${whose} keystore`,
        flags: ['passwordFile'],
        variables: [variable('PASSWORD_FILE')],
        goesWith: [keystore],
      },
    },
    kms: {
      name: `${prefix}kms_key_id`,
      title: `${whose} key in AWS KMS`,
      flags: ['kmsKeyId', 'kmsKeyArn'],
      variables: kms,
    },
  }
}
