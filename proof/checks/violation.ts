export interface Violation {
  /** Identifies the broken promise. */
  readonly kind: string;
  readonly evidence: string;
}

export function violation(kind: string, evidence: string): Violation {
  return { kind, evidence };
}
