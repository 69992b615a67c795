/** A checkpoint document with integers above 2^53, written as the reference writes it. */
const base64 = (byte: number, length: number): string =>
  Buffer.alloc(length, byte).toString('base64')

export const checkpointText = `{
  "command": "grpcurl -plaintext -d '{\\"snapshot_layer\\":15}' spacemesh.v1.AdminService.CheckpointStream",
  "version": "https://spacemesh.io/checkpoint.schema.json.1.0",
  "data": {
    "id": "snapshot-15",
    "atxs": [
      {
        "id": "${base64(1, 32)}", "epoch": 4, "commitmentAtx": "${base64(2, 32)}",
        "marriageAtx": null, "vrfNonce": 18446744073709551615, "baseTickHeight": 9007199254740993,
        "tickCount": 7, "publicKey": "${base64(3, 32)}", "sequence": 12,
        "coinbase": "${base64(4, 24)}", "numUnits": 9,
        "units": { "${base64(3, 32)}": 5, "${base64(5, 32)}": 4 }
      },
      {
        "id": "${base64(6, 32)}", "epoch": 3, "commitmentAtx": "${base64(2, 32)}",
        "marriageAtx": "${base64(1, 32)}", "vrfNonce": 0, "baseTickHeight": 1, "tickCount": 2,
        "publicKey": "${base64(5, 32)}", "sequence": 0, "coinbase": "${base64(4, 24)}",
        "numUnits": 4294967295, "units": {}
      }
    ],
    "accounts": [
      {
        "address": "${base64(4, 24)}", "balance": 18446744073709551615, "nonce": 9007199254740995,
        "template": "${base64(7, 24)}", "state": "${base64(8, 48)}"
      },
      { "address": "${base64(9, 24)}", "balance": 0, "nonce": 0, "template": null, "state": null },
      { "address": "${base64(10, 24)}", "balance": 1, "nonce": 0, "template": "", "state": "" }
    ],
    "marriages": {
      "17": [
        {
          "atx": "${base64(1, 32)}", "index": 1, "marriedTo": "${base64(3, 32)}",
          "signer": "${base64(5, 32)}", "signature": "${base64(11, 64)}"
        }
      ]
    }
  }
}`
