/**
 * The join request, our own format: what an applicant gives the cluster's owner, who alone can add an operator
 * (docs/dev/network/join-request.md). These are its parts; register/model/ drafts, signs and examines it.
 */

/** The file's fields before they are signed: typed, but nothing in them is believed yet. */
export interface JoinRequestTerms {
  readonly chain_id: number
  readonly contract: string
  readonly operator: string
  readonly name: string
  readonly peer_ids: readonly string[]
  /** Operator data blob in hex; addresses encrypted. */
  readonly data: string
  /** Unix seconds. */
  readonly created_at: number
  readonly expires_at: number
}

/** Standard base64 of ed25519 signatures, by peer ID. */
export type NodeSignatures = Readonly<Record<string, string>>

export interface JoinRequest extends JoinRequestTerms {
  readonly type: 'wcn-join-request'
  readonly version: 1
  /** 65 bytes in hex. */
  readonly signature: string
  readonly node_signatures: NodeSignatures
}

/** What travels to the hosts that keep their node's secret to themselves. */
export interface JoinRequestDraft extends JoinRequestTerms {
  readonly type: 'wcn-join-request-draft'
  readonly version: 1
  /** Those that are there already. */
  readonly node_signatures: NodeSignatures
}

/** What comes back from such a host. */
export interface JoinProof {
  readonly type: 'wcn-join-proof'
  readonly version: 1
  /** EIP-712 digest of the request. */
  readonly digest: string
  readonly peer_id: string
  readonly signature: string
}
