import type { Grant } from '../model/grant.ts';
import type { TokenConfig } from './access-schema.ts';

/** The tokens with their secrets, for the code that compares them. */
export function revealTokens(tokens: readonly TokenConfig[]): readonly (Grant & { readonly token: string })[] {
  return tokens.map(({ token, ...grant }) => ({ ...grant, token: token.reveal() }));
}
