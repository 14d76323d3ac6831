import { errorAnswer, type Route } from './route.ts';

/** `GET /healthz`: the process runs. `GET /readyz`: it takes data; `notReady` says why not, '' when it does. */
export function healthRoutes(notReady: () => string): readonly Route[] {
  const text = { 'content-type': 'text/plain' };
  const route = (path: string, handle: Route['handle']): Route => ({
    path,
    methods: ['GET', 'HEAD'],
    isCrossOrigin: false,
    limits: null,
    handle,
  });
  return [
    route('/healthz', () => ({ status: 200, headers: text, body: 'ok\n' })),
    route('/readyz', () => {
      const reason = notReady();
      return reason === '' ? { status: 200, headers: text, body: 'ready\n' } : errorAnswer(503, 'not_ready', reason);
    }),
  ];
}
