/** Faults of a YAML text. */

export interface TextFault {
  readonly offset: number;
  readonly message: string;
}

export interface YamlFault extends TextFault {
  /** `twice`: a key that stands before in the same map. */
  readonly kind: 'syntax' | 'twice';
}
