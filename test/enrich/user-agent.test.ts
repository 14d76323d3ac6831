import { describe, expect, test } from 'vitest';
import { UserAgents } from '../../collector/enrich/user-agent.ts';
import { DEVICES, SOFTWARE, SYSTEMS } from '../../collector/enrich/user-agent-rules.ts';

const agents = new UserAgents();

describe('a user agent', () => {
  for (const [userAgent, software, os, deviceClass, isBot] of [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.5329.41 Safari/537.36',
      'Chrome',
      'Windows',
      'desktop',
      false,
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15',
      'Safari',
      'macOS',
      'desktop',
      false,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1',
      'Safari',
      'iOS',
      'mobile',
      false,
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 9_3_1 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13E238 Safari/601.1',
      'Safari',
      'iOS',
      'tablet',
      false,
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36',
      'Chrome',
      'Android',
      'mobile',
      false,
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36',
      'Chrome',
      'Android',
      'tablet',
      false,
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0', 'Firefox', 'Linux', 'desktop', false],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0 Safari/537.36 Edg/119.0',
      'Edge',
      'Windows',
      'desktop',
      false,
    ],
    [
      'AppleCoreMedia/1.0.0.20A644 (Apple TV; U; CPU OS 16_1 like Mac OS X; en_us)',
      'AppleCoreMedia',
      'tvOS',
      'tv',
      false,
    ],
    [
      'AppleCoreMedia/1.0.0.21B80 (iPhone; U; CPU OS 17_1 like Mac OS X; en_us)',
      'AppleCoreMedia',
      'iOS',
      'mobile',
      false,
    ],
    ['Dalvik/2.1.0 (Linux; U; Android 9; AFTMM Build/NS6265) ExoPlayerLib/2.18.1', 'ExoPlayer', 'Fire OS', 'tv', false],
    [
      'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1',
      'Tizen',
      'Tizen',
      'tv',
      false,
    ],
    [
      'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0 Safari/537.36',
      'webOS',
      'webOS',
      'tv',
      false,
    ],
    ['Roku/DVP-12.0 (12.0.0 build 4182)', 'Roku', 'Roku OS', 'tv', false],
    [
      'Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
      'PlayStation',
      'PlayStation',
      'console',
      false,
    ],
    ['VLC/3.0.20 LibVLC/3.0.20', 'VLC', '', 'other', false],
    ['Lavf/58.76.100', 'FFmpeg', '', 'other', false],
    ['WinampMPEG/5.66, Ultravox/2.1', 'Winamp', '', 'other', false],
    ['mpv 0.35.0', 'mpv', '', 'other', false],
    ['okhttp/4.9.3', 'OkHttp', '', 'other', false],
    ['Spotify/1.0', 'Spotify', '', 'other', false],
    ['AlexaMediaPlayer/2.1', 'Alexa', '', 'speaker', false],
    ['Linux UPnP/1.0 Sonos/74.0 (ZPS1)', 'Sonos', 'Linux', 'speaker', false],
    ['hls.js', 'Other', '', 'other', false],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Other', '', 'other', true],
    ['facebookexternalhit/1.1 (crawler)', 'Other', '', 'other', true],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
      'Chrome',
      'Linux',
      'desktop',
      true,
    ],
    ['', '', '', 'other', false],
  ] as const) {
    test(userAgent || 'that is missing', () =>
      expect(agents.classify(userAgent)).toEqual({ software, os, deviceClass, isBot, text: userAgent }),
    );
  }
});

test('names come from closed sets', () => {
  const devices = new Set(['desktop', 'mobile', 'tablet', 'tv', 'console', 'speaker', 'other']);
  expect(DEVICES.map(({ name }) => name).filter((name) => !devices.has(name))).toEqual([]);
  for (const rules of [SOFTWARE, SYSTEMS]) expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

test('it remembers the user agents seen last, and no more than its limit', () => {
  const few = new UserAgents(3);
  const first = few.classify('VLC/1');
  for (const agent of ['VLC/2', 'VLC/3', 'VLC/1', 'VLC/4']) few.classify(agent);
  expect(few.size).toBe(3);
  expect(few.classify('VLC/1')).toBe(first);
});

test('what a user agent may be stored as is scrubbed before it is cut, and one that is too long is not remembered', () => {
  const few = new UserAgents(3);
  const long = `VLC/3 ${'x'.repeat(498)} 192.0.2.77 and more`;
  expect(few.classify(long).text).toBe(`VLC/3 ${'x'.repeat(498)} 192.0.2`.slice(0, 512));
  expect(few.size).toBe(0);
  expect(few.classify('App/1 token=hush').text).toBe('App/1 token=redacted');
});
