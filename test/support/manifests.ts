import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';

const ROOT = join(__dirname, '../..');
const KUBERNETES = join(ROOT, 'deploy/kubernetes');
export const OVERLAYS = ['single', 'cluster'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** The kinds in use, with Kubernetes' own types; a separate test checks that the files conform to them. */
export interface Kinds {
  readonly ConfigMap: IConfigMap;
  readonly Deployment: IDeployment;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly Ingress: IIngress;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PersistentVolumeClaim: IPersistentVolumeClaim;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly Secret: ISecret;
  readonly Service: IService;
}
export type Manifest = Kinds[keyof Kinds];

/** Parses YAML documents; throws on invalid YAML, including duplicate keys. */
function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** Paths of all files with complete objects; patches and kustomizations are covered by the built overlays. */
export const manifestFiles: readonly string[] = readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.yaml$/.test(file) && !/(kustomization|\.patch)\.yaml$/.test(file))
  .map((file) => relative(ROOT, join(KUBERNETES, file)));

/** The objects in one of {@link manifestFiles}. */
export function readManifests(file: string): Manifest[] {
  return parseManifests(readFileSync(join(ROOT, file), 'utf8'));
}

function kubectl(...args: string[]): { status: number | null; stdout: string | null; stderr: string | null } {
  return spawnSync('kubectl', args, { encoding: 'utf8' });
}

/** Whether kubectl has a kustomize with `patches`: older ones print no version, a missing kubectl prints nothing. */
export const hasKustomize = /"kustomizeVersion": "v\d/.test(
  kubectl('version', '--client', '--output=json').stdout ?? '',
);

/** The objects that `kubectl apply -k` would apply. */
export function build(overlay: Overlay): Manifest[] {
  const { status, stdout, stderr } = kubectl('kustomize', join(KUBERNETES, 'overlays', overlay));
  if (status !== 0) throw new Error(`kubectl kustomize ${overlay}: ${String(stderr)}`);
  return parseManifests(stdout!);
}

/** The objects of this kind. */
export function all<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): Kinds[K][] {
  return manifests.filter((manifest) => manifest.kind === kind) as Kinds[K][];
}

/** The only object of this kind. */
export function only<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): Kinds[K] {
  const [first, ...others] = all(manifests, kind);
  if (!first || others.length > 0) throw new Error(`there is not exactly one ${kind}`);
  return first;
}
