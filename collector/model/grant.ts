/** What a token is for. One token, one purpose: what reads cannot write, and neither can erase. */
export const PURPOSES = ['ingest', 'query', 'analytics', 'admin'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** In the place of a tenant: every one of them. No tenant can be called so. */
export const ALL_TENANTS = '*';

/** What somebody may do, and with whose data. */
export type Grant = {
  /** Of the token, for logs; '' when none was asked for. */
  readonly name: string;
  readonly tenant: string;
  readonly purpose: Purpose;
};

export function covers({ tenant }: Pick<Grant, 'tenant'>, other: string): boolean {
  return tenant === ALL_TENANTS || tenant === other;
}
