import { createHash } from 'node:crypto';
import { HOST, JSON_TYPE, type Planted, quoted, sessionOf, type WayIn } from './planted.ts';

/** What players, their SDKs and relays post. */
export function* players({
  atMs,
  address,
  userAgent,
  path,
  query,
  text,
  extra,
  cookie,
  referer,
  forwardedFor,
}: Planted) {
  const headers = { 'user-agent': latin1(userAgent), cookie: latin1(cookie), referer: latin1(referer) };
  const sent = { ...headers, 'x-forwarded-for': latin1(forwardedFor) };
  const url = `https://${HOST}${path}?${query}`;
  const way = (name: string, to: string, body: unknown, more: Readonly<Record<string, string>> = {}): WayIn => ({
    name,
    path: to,
    headers: { ...sent, ...more },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const names = { title: text, content: text, player: text, property: text, viewer: text, cdn: text };
  const beacon = (session: string) => [
    { ...extra, ...names, session, event: 'play', ts: atMs, seq: 0, reason: text, ip: address },
    { ...extra, ...names, session, event: 'playing', ts: atMs + 100, seq: 1 },
    {
      ...extra,
      session,
      event: 'request',
      ts: atMs + 200,
      seq: 2,
      url,
      status: 503,
      requestId: text,
      pop: text,
      content: text,
    },
    {
      ...extra,
      session,
      event: 'error',
      ts: atMs + 300,
      seq: 3,
      code: text,
      message: `${text} ${url}`,
      url,
      fatal: true,
    },
  ];
  yield way('beacon', '/v1/beacon', beacon(sessionOf('beacon')));
  yield way(
    'beacon lines',
    '/v1/beacon',
    beacon(sessionOf('beacon lines'))
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  yield way('beacon envelope', '/v1/beacon', {
    ...extra,
    ...names,
    session: sessionOf('beacon envelope'),
    events: beacon(''),
  });
  yield way('epas', '/v1/beacon', [
    {
      ...extra,
      event: 'init',
      sessionId: sessionOf('epas'),
      timestamp: atMs,
      payload: { ...extra, contentId: text, contentTitle: text, userId: text },
    },
    {
      ...extra,
      event: 'error',
      sessionId: sessionOf('epas'),
      timestamp: atMs + 10,
      payload: { ...extra, category: text, code: text, message: `${text} ${url}` },
    },
  ]);
  yield way('ivs', '/v1/beacon', {
    ...extra,
    sessionId: sessionOf('ivs'),
    streamId: text,
    channelArn: text,
    timestamp: atMs,
    state: 'Playing',
    client: { ...extra, platform: text, version: text, userId: text },
  });
  const cmcd = (rest: string) =>
    `cid=${quoted(text)},sid="${sessionOf('cmcd')}",ts=${atMs},v=2,cdn=${quoted(text)},${rest}`;
  yield way(
    'cmcd',
    '/v1/cmcd',
    [
      cmcd('e=ps,sta=p'),
      cmcd(`e=e,sta=f,ec=(${quoted(text)})`),
      cmcd(`e=ce,cen=${quoted(text)},com.example-ip=${quoted(address)}`),
      cmcd(`e=rr,rc=503,ttfb=5,ttlb=9,url=${quoted(url)},nor=(${quoted(url)})`),
    ].join('\n'),
    { 'content-type': 'application/cmcd' },
  );
  const attributes = (session: string, more: Readonly<Record<string, string>>) =>
    Object.entries({
      'session.id': session,
      'media.content.id': text,
      'media.title': text,
      'media.player.name': text,
      'enduser.id': text,
      'cdn.name': text,
      'url.full': url,
      'http.request.header.cookie': cookie,
      'http.request.header.authorization': `Bearer ${cookie}`,
      'client.address': address,
      'user_agent.original': userAgent,
      ...Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, JSON.stringify(value)])),
      ...more,
    }).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const span = (name: string, session: string, at: number, more: Readonly<Record<string, string>> = {}) => ({
    traceId: session.replaceAll('-', ''),
    spanId: createHash('sha256').update(`${name}${at}`).digest('hex').slice(0, 16),
    name,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 50}000000`,
    attributes: attributes(session, more),
    status: { code: 2, message: `${text} ${url}` },
    events: [
      {
        name: 'exception',
        timeUnixNano: `${at}000000`,
        attributes: attributes(session, { 'exception.type': text, 'exception.message': `${text} ${url}` }),
      },
    ],
  });
  const traces = (session: string) => ({
    resourceSpans: [
      {
        resource: { attributes: attributes(session, { 'service.name': text }) },
        scopeSpans: [
          {
            spans: [
              span('playback', session, atMs),
              span(text, session, atMs + 60),
              span('HTTP GET', session, atMs + 120, { 'http.response.status_code': '503' }),
            ],
          },
        ],
      },
    ],
  });
  yield way('otlp traces', '/v1/traces', traces(sessionOf('otlp traces')), JSON_TYPE);
  yield way(
    'otlp logs',
    '/v1/logs',
    {
      resourceLogs: [
        {
          resource: { attributes: attributes(sessionOf('otlp logs'), { 'service.name': 'web' }) },
          scopeLogs: [
            {
              logRecords: [
                {
                  eventName: 'playback.error',
                  timeUnixNano: `${atMs}000000`,
                  body: { stringValue: text },
                  attributes: attributes(sessionOf('otlp logs'), {
                    'exception.message': `${text} ${url}`,
                    'exception.type': text,
                  }),
                },
                {
                  eventName: text,
                  timeUnixNano: `${atMs}000000`,
                  body: { stringValue: text },
                  attributes: attributes(sessionOf('otlp logs'), {}),
                },
              ],
            },
          ],
        },
      ],
    },
    JSON_TYPE,
  );
  yield way(
    'faro',
    '/v1/faro',
    {
      ...extra,
      meta: {
        ...extra,
        session: { id: sessionOf('faro'), attributes: { ip: address } },
        user: { email: text },
        page: { url },
      },
      traces: traces(sessionOf('faro')),
      events: [
        {
          ...extra,
          name: 'playback.play',
          timestamp: new Date(atMs).toISOString(),
          attributes: { ...extra, title: text, content: text },
        },
      ],
      exceptions: [
        { ...extra, type: `MediaError ${text}`, value: `${text} ${url}`, timestamp: new Date(atMs).toISOString() },
      ],
    },
    JSON_TYPE,
  );
}

/** What a header may hold. */
function latin1(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?');
}
