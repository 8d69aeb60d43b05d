/**
 * Ways in, and what opens doors: sign-ins, tunnels, secrets, keys. Sources: https://docs.cloud.google.com/iap/docs/audit-log-howto,
 * https://docs.cloud.google.com/compute/docs/oslogin/view-audit-logs, google/cloud/secretmanager/v1/service.proto,
 * google/cloud/kms/v1/service.proto, google/api/apikeys/v2/apikeys.proto.
 */
import type { ServiceMethods } from '../../../audit/methods.ts';

export type AccessReader = 'tunnel' | 'oslogin' | 'secret' | 'key';

export const ACCESS_METHODS: readonly ServiceMethods<AccessReader>[] = [
  {
    services: ['iap.googleapis.com'],
    by: 'rpc',
    lines: [
      // A request to a web application; the reader tells tunnels to machines from it.
      ['AuthorizeUser', 'api.call', 'tunnel'],
      ['UpdateIapSettings CreateBrand', 'policy.change'],
      ['CreateIdentityAwareProxyClient ResetIdentityAwareProxyClientSecret', 'credential.create'],
      ['DeleteIdentityAwareProxyClient', 'credential.revoke'],
      ['CreateTunnelDestGroup UpdateTunnelDestGroup DeleteTunnelDestGroup', 'network.change'],
    ],
  },
  {
    services: ['oslogin.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CheckPolicy StartSession ContinueSession', 'login', 'oslogin'],
      ['ImportSshPublicKey CreateSshPublicKey UpdateSshPublicKey', 'credential.create', 'oslogin'],
      ['DeleteSshPublicKey DeletePosixAccount', 'credential.revoke', 'oslogin'],
      ['SignSshPublicKey', 'credential.mint', 'oslogin'],
    ],
  },
  {
    services: ['secretmanager.googleapis.com'],
    by: 'rpc',
    lines: [
      ['AccessSecretVersion', 'secret.read', 'secret'],
      ['CreateSecret AddSecretVersion EnableSecretVersion', 'credential.create', 'secret'],
      ['DeleteSecret DestroySecretVersion DisableSecretVersion', 'credential.revoke', 'secret'],
      ['UpdateSecret', 'key.change', 'secret'],
    ],
  },
  {
    services: ['cloudkms.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateKeyRing CreateCryptoKey UpdateCryptoKey UpdateCryptoKeyPrimaryVersion', 'key.change', 'key'],
      ['CreateCryptoKeyVersion ImportCryptoKeyVersion UpdateCryptoKeyVersion', 'key.change', 'key'],
      ['DestroyCryptoKeyVersion RestoreCryptoKeyVersion CreateImportJob', 'key.change', 'key'],
      ['CreateEkmConnection UpdateEkmConnection UpdateEkmConfig', 'key.change', 'key'],
      ['Encrypt Decrypt RawEncrypt RawDecrypt MacSign MacVerify GenerateRandomBytes', 'key.use', 'key'],
      ['AsymmetricSign AsymmetricDecrypt Decapsulate', 'key.use', 'key'],
    ],
  },
  {
    services: ['apikeys.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateKey UndeleteKey', 'credential.create'],
      ['DeleteKey', 'credential.revoke'],
      ['UpdateKey', 'key.change'],
      ['GetKeyString', 'secret.read'],
    ],
  },
  {
    // OAuth clients and their consent screens, as the console makes them.
    services: ['clientauthconfig.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateBrand UpdateBrand', 'policy.change'],
      ['CreateClient UpdateClient ResetClientSecret', 'credential.create'],
      ['DeleteClient', 'credential.revoke'],
    ],
  },
];
