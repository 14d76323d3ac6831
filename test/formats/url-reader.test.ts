import { describe, expect, test } from 'vitest';
import { UrlReader } from '../../collector/formats/parse/url-reader.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { UrlScrubber } from '../../collector/privacy/scrub.ts';
import { decoderOf, reportOf } from './decoding.ts';

function read(url: string, sessionPattern = ''): RequestReport {
  const report = new RequestReport();
  new UrlReader(sessionPattern, new UrlScrubber(['viewer'])).read(url, report);
  return report;
}

describe('a URL becomes', () => {
  for (const [url, expected] of [
    [
      'https://User:pw@CDN.example.com:8443/a/b.m4s?x=1#frag',
      { scheme: 'https', host: 'cdn.example.com:8443', path: '/a/b.m4s' },
    ],
    [
      'http://h/a.ts?CMCD=sid%3D%22s%22&rid=0123456789ABCDEF&q=1',
      { query: 'q=1', rid: '0123456789abcdef', cmcd: { sid: 's' } },
    ],
    ['http://h/a.ts?q=1&CMCD=ot%3Di&r=2', { query: 'q=1&r=2', objectType: 'init' }],
    ['http://h/a.ts?a=1&b=2&token=t&c=3&X-Amz-Credential=c&viewer=v', { query: 'a=1&b=2&c=3' }],
    ['http://h/a.ts?rid=42&RID=0123456789abcdef', { query: 'rid=42', rid: '0123456789abcdef' }],
    ['http://h/a.ts?', { query: '', path: '/a.ts' }],
    ['http://h/a.ts?&&x', { query: 'x' }],
    ['http://h?x=1', { host: 'h', path: '/' }],
    ['http://h/%7euser/caf%c3%a9%2fx%2B.mp3', { path: '/~user/caf%C3%A9%2Fx+.mp3', objectType: 'audio' }],
    ['http://h/a b"<>\\.ts', { path: '/a%20b%22%3C%3E%5C.ts' }],
    ['http://h/seg.ts;token=abc;v=2', { path: '/seg.ts;v=2' }],
    ['http://h/hdntl=exp=1~acl=/live/*~data=x~hmac=ab/live/1.m3u8', { path: '/live/1.m3u8', objectType: 'manifest' }],
    ['http://h/exp=1~acl=%2f*~hmac=ab/live/1.m3u8', { path: '/live/1.m3u8' }],
  ] as const) {
    test(url, () => expect(read(url)).toMatchObject(expected));
  }

  test('nothing when it is none', () => {
    const report = new RequestReport();
    const reader = new UrlReader('', new UrlScrubber());
    for (const url of ['', 'seg.ts', 'ftp:x', `http://h/${'a'.repeat(40_000)}`, '://']) {
      expect(reader.read(url, report)).toBe(false);
    }
  });
});

test('a configured pattern finds the session in path or query, in linear time', () => {
  expect(read('http://h/v1/s/abc-1/seg.ts', '/s/([^/]+)/').sessionId).toBe('abc-1');
  expect(read('http://h/seg.ts?aws.sessionId=abc-2&x=1', '[?&]aws\\.sessionId=([^&]+)').sessionId).toBe('abc-2');
  expect(read(`http://h/${'a'.repeat(20_000)}!`, '(a+)+$').sessionId).toBe('');
});

describe('the object type of a path', () => {
  for (const [path, type] of [
    ['/a.m3u8', 'manifest'],
    ['/a.MPD', 'manifest'],
    ['/a.isml/Manifest', 'manifest'],
    ['/a.m4s', 'video'],
    ['/a.ts', 'video'],
    ['/v/init.mp4', 'init'],
    ['/a/INIT-1.m4s', 'init'],
    ['/initial/a.m4s', 'video'],
    ['/a.aac', 'audio'],
    ['/a.webvtt', 'caption'],
    ['/a.cmft', 'timed_text'],
    ['/a.key', 'key'],
    ['/a.jpg', 'other'],
    ['/a', 'other'],
    ['/a.m4s/', 'other'],
    ['/', 'other'],
    ['/.ts', 'video'],
  ] as const) {
    test(`${path} is ${type}`, () => expect(read(`http://h${path}`).objectType).toBe(type));
  }
});

test('CMCD says it better than the extension', () => {
  expect(read('http://h/a.ts?CMCD=ot%3Da').objectType).toBe('audio');
});

test('an absolute request target gives scheme and host', () => {
  const line = '203.0.113.9 - - [21/Nov/2026:20:58:46 +0000] "GET http://V.example.com/a.ts HTTP/1.1" 200 5 "-" "-"';
  expect(reportOf(decoderOf('nginx-combined'), line)).toMatchObject({
    scheme: 'http',
    host: 'v.example.com',
    path: '/a.ts',
  });
});
