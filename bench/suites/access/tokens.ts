import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, type JWSHeaderParameters, SignJWT } from 'jose';
import { SharedSecrets } from '../../../src/access/tokens/shared-secrets';
import { TokenVerifier } from '../../../src/access/tokens/token-verifier';
import type { Measurement, Sample } from '../../figures';
import type { Session } from '../../session';
import { ACCESS, ALGORITHMS, TOKENS_CASE } from '../../targets';

type Algorithm = (typeof ALGORITHMS)[number];

const WARM_UP = 200;
const CHECKS = 1_000;
const CLAIMS = { preferred_username: 'max_mustermann', roles: ['chat-writer'] };

/** The server's check of a new token, run in this process: all algorithms in turn. */
export async function tokens(session: Session): Promise<Measurement[]> {
  const checks = await Promise.all(ALGORITHMS.map(checkOf));
  const rounds: Sample[][] = ALGORITHMS.map(() => []);
  for (let round = 0; round < session.options.rounds; round++) {
    for (const [index, check] of checks.entries()) rounds[index]!.push(await measure(check));
  }
  return ALGORITHMS.map((algorithm, index) => ({
    suite: ACCESS,
    case: TOKENS_CASE,
    target: algorithm,
    rounds: { cpuPerCheck: rounds[index]!.map(({ cpuPerCheck }) => cpuPerCheck!) },
  }));
}

async function checkOf(alg: Algorithm): Promise<() => Promise<unknown>> {
  const { sign, source } = alg === 'HS256' ? shared() : provided(alg);
  const token = await new SignJWT(CLAIMS)
    .setProtectedHeader({ alg, kid: 'one' })
    .setSubject('b7e0c2a4-5a0d-4a8e-9f0c-3a2f1d9c8b7e')
    .setIssuer('https://id.example')
    .setAudience('chat')
    .setExpirationTime('1h')
    .sign(sign);
  const verifier = new TokenVerifier(source, 'https://id.example', 'chat');
  return () => verifier.verify(token);
}

function shared() {
  const secret = 'a secret of the benchmark, known to everybody';
  return { sign: Buffer.from(secret), source: new SharedSecrets([secret]) };
}

/** Keys in the form of `ProviderKeys`. */
function provided(alg: Exclude<Algorithm, 'HS256'>) {
  const { privateKey, publicKey } =
    alg === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const find = createLocalJWKSet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg }] });
  const keysFor = async (header: JWSHeaderParameters) => [await find(header)];
  return { sign: privateKey, source: { algorithms: [alg], keysFor } };
}

async function measure(check: () => Promise<unknown>): Promise<Sample> {
  for (let i = 0; i < WARM_UP; i++) await check();
  const before = process.cpuUsage();
  for (let i = 0; i < CHECKS; i++) await check();
  const { user, system } = process.cpuUsage(before);
  return { cpuPerCheck: (user + system) / 1000 / CHECKS };
}
