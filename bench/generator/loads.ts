import type { ServerAddress } from './client';
import { arriving } from './arriving';
import { closedLoop } from './closed-loop';
import { connecting } from './connecting';
import { editing, storing } from './editing';
import { fixedRate } from './fixed-rate';
import { httpRequests } from './http-requests';
import { idling } from './idling';
import { resuming } from './resuming';
import { beingRude } from './rude/being-rude';

/** All loads of the generator. */
export const LOADS = {
  closedLoop,
  fixedRate,
  connecting,
  idling,
  httpRequests,
  arriving,
  storing,
  editing,
  resuming,
  beingRude,
};

export type LoadName = keyof typeof LOADS;
export type LoadOptions<Name extends LoadName> = Parameters<(typeof LOADS)[Name]>[1];
export type LoadResult<Name extends LoadName> = Awaited<ReturnType<(typeof LOADS)[Name]>>;

export interface LoadRequest {
  readonly name: LoadName;
  readonly server: ServerAddress;
  readonly options: LoadOptions<LoadName>;
}

export type LoadReply = { readonly result: LoadResult<LoadName> } | { readonly failure: string };
