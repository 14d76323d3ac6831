import { PlaypathError } from '../errors.ts';
import { ALL_TENANTS, covers, type Grant } from '../model/grant.ts';
import { FORGET_KEYS, type Forget } from '../store/forget.ts';
import type { AnalyticsApi } from './analytics.ts';
import { json, problem, type Reply } from './reply.ts';

/**
 * Answers `DELETE /api/v1/sessions?tenant=…&viewer=…`: erases what it names, in memory and in the analytics store where
 * there is one, and answers when it is gone.
 */
export async function answerForget(
  parameters: URLSearchParams,
  grant: Grant,
  forgetLive: (what: Forget) => number,
  store: AnalyticsApi | undefined,
): Promise<Reply> {
  const what = forgetOf(parameters, grant);
  if ('problem' in what) return problem(400, what.problem);
  if (!covers(grant, what.tenant)) return problem(403, 'the token is for another tenant');
  // Open sessions are closed by it, and their last rows go the way of the others.
  const liveSessions = forgetLive(what);
  try {
    await store?.forget(what);
    return json({ forgotten: what, liveSessions, hasStore: store !== undefined });
  } catch (error) {
    if (!(error instanceof PlaypathError) || error.code !== 'store_unavailable') throw error;
    return problem(503, 'the store does not answer: it may be gone or not, ask again');
  }
}

function forgetOf(parameters: URLSearchParams, grant: Grant): Forget | { readonly problem: string } {
  const tenant = parameters.get('tenant') || grant.tenant;
  if (tenant === ALL_TENANTS) return { problem: 'tenant is missing' };
  const [key, ...others] = FORGET_KEYS.filter((name) => (parameters.get(name) ?? '') !== '');
  if (key === undefined || others.length > 0) {
    return { problem: `exactly one of ${FORGET_KEYS.join(', ')} must be given` };
  }
  return { tenant, key, value: parameters.get(key) ?? '' };
}
