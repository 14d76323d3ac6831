import { afterEach, beforeEach, expect, test } from 'vitest';
import { OpenCollector } from '../support/open-collector.ts';

const TOKEN = 'token-that-erases1';
const OTHER = 'token-of-another-1';

let open: OpenCollector;
beforeEach(async () => {
  open = await OpenCollector.start({
    correlate: { settle: '1s', reorder: '0s', idleClose: '10s' },
    access: {
      tokens: [
        { name: 'officer', tenant: 'default', purpose: 'admin', token: TOKEN },
        { name: 'another', tenant: 'acme', purpose: 'admin', token: OTHER },
      ],
    },
  });
});
afterEach(() => open.close());

/** A session that plays, and what is known of it then. */
async function plays(session: string, viewer: string, userAgent: string, events = ['play', 'playing']): Promise<void> {
  const beacons = events.map((event, seq) =>
    JSON.stringify({ event, session, viewer, seq, ts: open.nowMs - 500 + seq, content: 'film' }),
  );
  await open.post('/v1/beacon', beacons.join('\n'), { 'user-agent': userAgent });
}
const known = async (): Promise<string[]> => {
  const { sessions } = JSON.parse(await open.text('api', '/api/sessions')) as { sessions: { sessionId: string }[] };
  return sessions.map(({ sessionId }) => sessionId).toSorted();
};

test('a viewer is forgotten: what is open, what is over, and what comes late', async () => {
  await plays('over', 'ann', 'A/1', ['play', 'playing', 'session_end']);
  await open.passes(60_000);
  await plays('open', 'ann', 'A/1');
  await plays('hers', 'eve', 'E/1');
  await open.passes(2_500);
  expect(await known()).toEqual(['hers', 'open', 'over']);

  const answer = await open.forget('viewer=ann', TOKEN);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { forgotten: { tenant: 'default', key: 'viewer', value: 'ann' }, liveSessions: 2, hasStore: false },
  ]);
  expect(await known()).toEqual(['hers']);
  await plays('open', 'ann', 'A/1', ['pause']);
  await open.passes(2_500);
  expect(await known()).toEqual(['hers']);
  expect(await open.text('api', '/jaeger/api/traces?service=player')).not.toContain('"open"');
});

test('a session is forgotten by its id as the player sent it, or by its trace id', async () => {
  const uuid = '5b8efff7-9803-8103-d269-b633813fc60c';
  await plays(uuid, '', 'A/1');
  await plays('s1', '', 'A/1');
  await open.passes(2_500);
  await open.forget(`session=${uuid.replaceAll('-', '')}`, TOKEN);
  expect(await known()).toEqual(['s1']);
  await open.forget('session=s1', TOKEN);
  expect(await known()).toEqual([]);
});

test('nobody forgets for another tenant, without a token, or by a GET', async () => {
  await plays('s1', 'ann', 'A/1');
  await open.passes(2_500);
  expect((await open.forget('viewer=ann', OTHER)).status).toBe(200);
  expect((await open.forget('viewer=ann&tenant=default', OTHER)).status).toBe(403);
  expect((await open.forget('viewer=ann', 'token-of-nobody-1')).status).toBe(401);
  expect((await open.forget('', TOKEN)).status).toBe(400);
  expect(await known()).toEqual(['s1']);
});
