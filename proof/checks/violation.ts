export interface Violation {
  /** One word, the same for all violations of a promise. */
  readonly kind: string;
  readonly evidence: string;
}

export function violation(kind: string, evidence: string): Violation {
  return { kind, evidence };
}
