import { describe, expect, test } from 'vitest';
import { createLogger, LOG_LEVELS, type LoggerOptions } from '../../collector/telemetry/logger.ts';
import { RateLimitedLog } from '../../collector/telemetry/rate-limited-log.ts';

const NOW = Date.parse('2026-03-01T12:00:00.250Z');

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  return { lines, log: createLogger({ level: 'info', format: 'text', stream, now: () => NOW, ...options }) };
}

describe('text', () => {
  test.each([
    ['nothing', undefined, 'started'],
    ['plain values', { port: 9464, host: '127.0.0.1' }, 'started port=9464 host=127.0.0.1'],
    ['words', { reason: 'disk is slow' }, 'started reason="disk is slow"'],
    ['nothing in a field', { reason: '' }, 'started reason=""'],
    ['quotes', { reason: 'a "b" level=error' }, 'started reason="a \\"b\\" level=error"'],
    ['an error', { cause: new Error('no room') }, 'started cause="no room"'],
    [
      'an error with a code',
      { cause: Object.assign(new Error('x'), { code: 'ENOSPC' }) },
      'started cause="x (ENOSPC)"',
    ],
    ['an object', { limits: { a: 1 } }, 'started limits="{\\"a\\":1}"'],
    ['absent values', { a: null, b: undefined }, 'started a=null b=undefined'],
  ] as const)('%s', (_, fields, expected) => {
    const { log, lines } = logger();
    log.info('started', fields);
    expect(lines).toEqual([`2026-03-01T12:00:00.250Z info  ${expected}\n`]);
  });

  test('one call is one line, and a terminal gets no control characters', () => {
    const { log, lines } = logger();
    log.warn('a\nb', { value: 'x\n2026-03-01T12:00:00.250Z error faked', escape: '\u001b[2J\u009b' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.slice(0, -1)).not.toMatch(/\p{Cc}/u);
  });

  test('what a sender controls cannot fill the disk', () => {
    const { log, lines } = logger();
    log.warn('refused', { line: 'x'.repeat(1_000_000) });
    expect(lines[0]?.length).toBeLessThan(1_100);
  });
});

describe('json', () => {
  test('a line is an object with the facts as fields', () => {
    const { log, lines } = logger({ format: 'json' });
    log.error('stopped', { port: 9464, isClean: false, cause: new Error('no room'), ratio: Number.NaN });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: '2026-03-01T12:00:00.250Z',
        level: 'error',
        message: 'stopped',
        port: 9464,
        isClean: false,
        cause: 'no room',
        ratio: 'NaN',
      },
    ]);
  });

  test('a field cannot pretend to be the level, the time or the message', () => {
    const { log, lines } = logger({ format: 'json' });
    log.info('real', { level: 'error', time: 'never', message: 'faked' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', message: 'real' });
  });
});

test.each(LOG_LEVELS.map((level, index) => [level, LOG_LEVELS.slice(index)] as const))(
  'level %s writes %o',
  (level, written) => {
    const { log, lines } = logger({ level });
    for (const one of LOG_LEVELS) log[one](one);
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual(written);
  },
);

describe('trouble', () => {
  const trouble = () => {
    const { log, lines } = logger();
    return { trouble: new RateLimitedLog(log), said: () => lines.splice(0).map((line) => line.slice(31).trimEnd()) };
  };

  test('the first is said at once, the rest of the minute as one line', () => {
    const { trouble: log, said } = trouble();
    for (let i = 0; i < 1_000; i++) log.warn('bus is full', `partition ${i}`, NOW + i);
    expect(said()).toEqual(['bus is full detail="partition 0"']);
    log.tick(NOW + 59_999);
    expect(said()).toEqual([]);
    log.tick(NOW + 60_000);
    expect(said()).toEqual(['bus is full times=999 latest="partition 999"']);
  });

  test('trouble that goes on says one line a minute, without any tick', () => {
    const { trouble: log, said } = trouble();
    for (let second = 0; second < 600; second++) log.warn('slow', '', NOW + second * 1_000);
    expect(said()).toHaveLength(10);
  });

  test('no occurrence is lost or told twice', () => {
    const { trouble: log, said } = trouble();
    for (let second = 0; second < 600; second++) {
      log.warn('slow', '', NOW + second * 1_000);
      if (second % 7 === 0) log.tick(NOW + second * 1_000);
    }
    log.close();
    const total = said().reduce((sum, line) => sum + Number(/times=(\d+)/.exec(line)?.[1] ?? 1), 0);
    expect(total).toBe(600);
  });

  test('trouble that stopped for a minute is news again', () => {
    const { trouble: log, said } = trouble();
    log.warn('slow', 'a', NOW);
    log.tick(NOW + 60_000);
    log.warn('slow', 'b', NOW + 61_000);
    expect(said()).toEqual(['slow detail=a', 'slow detail=b']);
  });

  test('a stop says what was held back', () => {
    const { trouble: log, said } = trouble();
    log.warn('slow', 'a', NOW);
    log.warn('slow', 'b', NOW + 1);
    log.close();
    log.close();
    expect(said()).toEqual(['slow detail=a', 'slow times=1 latest=b']);
  });

  test('kinds made of data end in nothing worse than silence', () => {
    const { trouble: log, said } = trouble();
    for (let i = 0; i < 10_000; i++) log.warn(`kind ${i}`, '', NOW);
    expect(said()).toHaveLength(100);
  });
});
