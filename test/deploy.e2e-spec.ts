import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { readSettings } from '../src/settings/load-settings';
import { Settings } from '../src/settings/settings';
import { ChatClient } from './support/chat-client';
import { containerCommand } from './support/container';
import { testFolder } from './support/database';
import { http } from './support/http';
import { violations } from './support/kubernetes-types';
import {
  all,
  build,
  hasKustomize,
  type Manifest,
  manifestFiles,
  only,
  OVERLAYS,
  readManifests,
} from './support/manifests';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { canMountDisks } from './support/small-disk';
import { describeWhere } from './support/suites';

// kubectl and docker compose take seconds per call.
jest.setTimeout(60_000);

const ROOT = join(__dirname, '..');
const defaults = new Settings();
const example = () => only(readManifests('deploy/kubernetes/overlays/cluster/secret.example.yaml'), 'Secret');

it.each(manifestFiles)('[K1] %s conforms to the types and schemas of Kubernetes', (file) => {
  expect(violations(readManifests(file))).toEqual([]);
});

it.each([
  [
    'a field that does not exist',
    '"readinessProbe"',
    '"readynessProbe"',
    /readynessProbe.* does not exist in type 'IContainer'/,
  ],
  ['a field that is missing', '"containerPort"', '"hostPort"', /'"containerPort"' is missing/],
  [
    'a value of the wrong type',
    '"periodSeconds":5',
    '"periodSeconds":"5s"',
    /'string' is not assignable to type 'number'/,
  ],
  ['a value that is none of those allowed', '"RuntimeDefault"', '"Runtime"', /RuntimeDefault/],
  ['a kind that does not exist', '"apps/v1"', '"apps/v7"', /there is no Deployment in apps\/v7/],
])('[K1] %s is found', (_what, right, wrong, found) => {
  const text = JSON.stringify(readManifests('deploy/kubernetes/base/deployment.yaml'));
  expect(violations(JSON.parse(text.replace(right, wrong)) as Manifest[]).join('\n')).toMatch(found);
});

it('[K6] no file contains a secret: the example has placeholders only', () => {
  const secrets = manifestFiles.flatMap((file) => all(readManifests(file), 'Secret'));
  expect(secrets).toEqual([example()]);
  for (const value of Object.values(example().stringData!)) expect(value).toMatch(/:PASSWORD@.*\.example\./);
});

it('[K2] every program that the docs or the Dockerfile run in the container is in the image', () => {
  const files = [
    'README.md',
    'Dockerfile',
    'docker-compose.yml',
    ...filesUnder('docs', '.md'),
    ...filesUnder('deploy', ''),
  ];
  const text = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  const programs = [...new Set([...text.matchAll(/\bdist\/([\w/-]+)\.js\b/g)].map(([, program]) => program!))];
  expect(programs).toEqual(expect.arrayContaining(['src/main', 'src/cli/move/main']));
  const given = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  expect(programs.filter((program) => !given.includes(`!${program.split('/')[0]}`))).toEqual([]);
  expect(programs.filter((program) => !existsSync(join(ROOT, `${program}.ts`)))).toEqual([]);
});

describeWhere(hasKustomize, 'kubectl with kustomize').each(OVERLAYS)('the overlay %s, built', (overlay) => {
  let manifests: Manifest[];
  let labels: object;
  let annotations: Record<string, string>;
  let pod: IPodSpec;
  let container: IContainer;
  let settings: Record<string, string>;
  beforeAll(() => {
    manifests = build(overlay);
    const { template } = only(manifests, 'Deployment').spec!;
    ({ labels, annotations } = template.metadata as { labels: object; annotations: Record<string, string> });
    pod = template.spec!;
    container = pod.containers[0]!;
    settings = only(manifests, 'ConfigMap').data!;
  });

  it('[K1] conforms to the types and schemas of Kubernetes', () => {
    expect(violations(manifests)).toEqual([]);
  });

  it('[K1] every referenced object exists: settings, secret, claim, service, deployment', () => {
    const named = [
      `ConfigMap/${container.envFrom![0]!.configMapRef!.name}`,
      ...container.env!.flatMap(({ valueFrom }) => (valueFrom ? [`Secret/${valueFrom.secretKeyRef!.name}`] : [])),
      ...pod.volumes!.flatMap(({ persistentVolumeClaim: claim }) =>
        claim ? [`PersistentVolumeClaim/${claim.claimName}`] : [],
      ),
      `Service/${ingressPath(manifests).backend.service!.name}`,
      ...all(manifests, 'HorizontalPodAutoscaler').map(({ spec }) => `Deployment/${spec!.scaleTargetRef.name}`),
    ];
    const names = [...manifests, example()].map(({ kind, metadata }) => `${kind}/${String(metadata?.name)}`);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
    expect(named).toHaveLength(overlay === 'single' ? 3 : 5);
  });

  it('[K2] probes and scrapes use paths and the port of the server', async () => {
    const probes = [container.startupProbe!, container.livenessProbe!, container.readinessProbe!].map(
      ({ httpGet }) => httpGet!,
    );
    expect(probes.map(({ path }) => path)).toEqual(['/health/live', '/health/live', '/health/ready']);
    const server = await startServer();
    for (const path of [...probes.map((probe) => probe.path!), annotations['prometheus.io/path']!]) {
      expect(await http(`${server.url}${path}`)).toMatchObject({ status: 200 });
    }
    await server.stop();
    expect(probes.map(({ port }) => port)).toEqual(['http', 'http', 'http']);
    expect(container.ports).toEqual([{ name: 'http', containerPort: Number(settings.PORT) }]);
    expect(annotations['prometheus.io/port']).toBe(settings.PORT);
    expect(dockerfile()).toMatch(new RegExp(`^EXPOSE ${settings.PORT}$`, 'm'));
  });

  it('[K2] service, ingress and network policy lead to the port of the server, and selectors match its pods', () => {
    expect(only(manifests, 'Service').spec).toMatchObject({
      selector: labels,
      ports: [{ name: 'http', targetPort: 'http' }],
    });
    expect(ingressPath(manifests)).toMatchObject({
      path: '/',
      pathType: 'Prefix',
      backend: { service: { port: { name: 'http' } } },
    });
    const policy = only(manifests, 'NetworkPolicy').spec!;
    expect(policy.ingress).toMatchObject([{ ports: [{ port: 'http' }] }]);
    expect(policy.podSelector.matchLabels).toEqual(labels);
    expect(only(manifests, 'Deployment').spec!.selector.matchLabels).toEqual(labels);
    for (const { spec } of all(manifests, 'PodDisruptionBudget')) expect(spec!.selector!.matchLabels).toEqual(labels);
    for (const spread of pod.topologySpreadConstraints ?? []) expect(spread.labelSelector!.matchLabels).toEqual(labels);
  });

  it('[K3] passes only server settings, with allowed values', () => {
    const secret = example().stringData!;
    const given = {
      ...settings,
      ...Object.fromEntries(
        container.env!.map(({ name, value, valueFrom }) => [name, value ?? secret[valueFrom!.secretKeyRef!.key]!]),
      ),
    };
    expect(Object.keys(given).filter((name) => !(name in defaults))).toEqual([]);
    expect(readSettings(given)).toMatchObject({ DATABASE_URL: given.DATABASE_URL, PORT: Number(given.PORT) });
  });

  it('[K4] the termination grace period covers preStop, SHUTDOWN_GRACE_SECONDS and a margin', () => {
    const sleep = container.lifecycle!.preStop!.sleep!.seconds;
    expect(sleep).toBeGreaterThanOrEqual(5);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      sleep + Number(settings.SHUTDOWN_GRACE_SECONDS) + 5,
    );
  });

  it('[K4] the ingress waits longer than two heartbeats, buffers no event, and has no session affinity', () => {
    const entries = Object.entries(only(manifests, 'Ingress').metadata!.annotations!);
    const timeouts = entries.filter(([name]) => /(read|send)-timeout$|timeout-server$/.test(name));
    expect(timeouts).toHaveLength(3);
    for (const [, value] of timeouts) expect(parseInt(value)).toBeGreaterThan(2 * defaults.HEARTBEAT_SECONDS);
    expect(entries).toContainEqual(['nginx.ingress.kubernetes.io/proxy-buffering', 'off']);
    expect(entries.filter(([name]) => /affinity|cookie|session/.test(name))).toEqual([]);
  });

  it('[K5] the pod runs without root, capabilities, token, or writes outside its volumes', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod).not.toMatchObject({ hostNetwork: true });
    expect(pod.containers).toHaveLength(1);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toEqual({
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
    expect(dockerfile()).toMatch(/^USER 1000:1000$/m);
  });

  it('[K5] egress is limited to the databases and the name server', () => {
    const { policyTypes, ingress, egress } = only(manifests, 'NetworkPolicy').spec!;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    const ports = egress!.flatMap((rule) => rule.ports!.map(({ port }) => port));
    expect(ports).toEqual(overlay === 'single' ? [] : [5432, 6379, 53, 53]);
    // A rule without peers would allow all peers.
    for (const peers of [...ingress!.map(({ from }) => from), ...egress!.map(({ to }) => to)]) {
      expect(peers!.length).toBeGreaterThan(0);
      for (const peer of peers!) expect(peer).toMatchObject({ namespaceSelector: expect.anything() });
    }
  });

  it('[K6] a file has one writer, and PostgreSQL never has too few replicas', () => {
    const spec = only(manifests, 'Deployment').spec!;
    const kinds = manifests.map(({ kind }) => kind).sort();
    const common = ['ConfigMap', 'Deployment', 'Ingress', 'NetworkPolicy'];
    if (overlay === 'single') {
      expect(kinds).toEqual([...common, 'PersistentVolumeClaim', 'Service']);
      expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
      expect(only(manifests, 'PersistentVolumeClaim').spec!.accessModes).toEqual(['ReadWriteOncePod']);
      expect(container.env).toEqual([{ name: 'DATABASE_URL', value: 'sqlite:/data/chat.sqlite' }]);
      expect(container.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    } else {
      expect(kinds).toEqual([...common, 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Service'].sort());
      expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      expect(spec.replicas).toBeUndefined();
      const { minReplicas, maxReplicas } = only(manifests, 'HorizontalPodAutoscaler').spec!;
      expect(minReplicas).toBeGreaterThanOrEqual(2);
      expect(maxReplicas).toBeGreaterThan(minReplicas!);
      expect(only(manifests, 'PodDisruptionBudget').spec!.maxUnavailable).toBe(1);
      expect(container.env!.every(({ value }) => value === undefined)).toBe(true);
    }
  });
});

describeWhere(canMountDisks, 'right to mount a disk')('the server with the rights of its container', () => {
  it('[K5] starts, stores a message and shuts down cleanly', async () => {
    const server = ServerProcess.run(containerCommand(testFolder()), { DATABASE_URL: 'sqlite:/data/chat.sqlite' });
    await server.listening();
    const client = await ChatClient.open(server);
    client.sendMessage('max', 'hallo');
    await client.nextOf('chat_message');
    expect(await http(`${server.url}/health/ready`)).toMatchObject({ status: 200 });
    expect(await server.stop()).toBe(0);
  });
});

function ingressPath(manifests: readonly Manifest[]) {
  return only(manifests, 'Ingress').spec!.rules![0]!.http!.paths[0]!;
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function dockerfile(): string {
  return readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
}
