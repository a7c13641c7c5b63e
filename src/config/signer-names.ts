/** What the settings of signers are called, for the operator and for the cluster's owner, in both vocabularies. */
import type { SecretNames } from './secret-setting.js'
import type { Role } from './settings.js'
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
    ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_NODE_OPERATOR_PRIVATE_KEY'],
    'WCN',
    ['WCN_KMS_KEY_ID'],
  ),
  owner: signerNames("the owner's", ['WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY'], 'WCN_OWNER', [
    'WCN_OWNER_KMS_KEY_ID',
    'WCN_CLUSTER_SMART_CONTRACT_OWNER_KMS_KEY_ARN',
  ]),
}

function signerNames(
  whose: string,
  privateKey: readonly string[],
  prefix: string,
  kms: readonly string[],
): SignerNames {
  return {
    key: {
      inline: { title: `${whose} private key`, flags: ['privateKey'], variables: privateKey },
      file: {
        title: `the file with ${whose} private key`,
        flags: ['privateKeyFile'],
        variables: [`${prefix}_PRIVATE_KEY_FILE`],
      },
    },
    keystore: { title: `${whose} keystore`, flags: ['keystore'], variables: [`${prefix}_KEYSTORE`] },
    password: {
      inline: { title: `the password of ${whose} keystore`, flags: [], variables: [`${prefix}_KEYSTORE_PASSWORD`] },
      file: {
        title: `the file with the password of ${whose} keystore`,
        flags: ['passwordFile'],
        variables: [`${prefix}_PASSWORD_FILE`],
      },
    },
    kms: { title: `${whose} key in AWS KMS`, flags: ['kmsKeyId', 'kmsKeyArn'], variables: kms },
  }
}
