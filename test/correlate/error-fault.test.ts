import { expect, test } from 'vitest';
import { classOfError, faultOfError } from '../../collector/correlate/incidents/error-fault.ts';
import { playerEvent } from './playback-log.ts';

for (const [player, errorCode, message, fault, errorClass] of [
  ['hls.js', 'fragLoadError', '', 'network', 'technical'],
  ['hls.js', 'manifestLoadTimeOut', '', 'network', 'technical'],
  ['hls.js', 'manifestLoadError', 'HTTP 403', 'rights', 'business'],
  ['hls.js', 'bufferAppendError', '', 'media', 'technical'],
  ['hls.js', 'bufferIncompatibleCodecsError', '', 'media', 'technical'],
  ['hls.js', 'fragParsingError', '', 'media', 'technical'],
  ['hls.js', 'bufferStalledError', '', '', 'technical'],
  ['hls.js', 'keySystemNoAccess', '', 'drm', 'technical'],
  ['hls.js', 'keySystemLicenseRequestFailed', '', 'drm', 'technical'],
  ['hls.js', 'keySystemLicenseRequestFailed', 'license server answered 403', 'drm', 'business'],
  ['hls.js', 'keySystemStatusOutputRestricted', '', 'drm', 'business'],
  ['hls.js', 'keyLoadError', '', 'drm', 'technical'],
  ['hls.js', 'assetListLoadError', '', 'ad', 'technical'],
  ['dash.js', '25', '', 'network', 'technical'],
  ['dash.js', '27', 'https://a.test/chunk-3-00009.m4s is not available', 'network', 'technical'],
  ['dash.js', '27,28', '', 'network', 'technical'],
  ['dash.js', '31', '', 'media', 'technical'],
  ['dash.js', '104', '', 'drm', 'business'],
  ['dash.js', '110', '', 'drm', 'business'],
  ['dash.js', '114', '', 'drm', 'technical'],
  ['dash.js', '114', 'error 401', 'drm', 'business'],
  ['Shaka', '1001', '', 'network', 'technical'],
  ['Shaka', '1001', 'BAD_HTTP_STATUS 403', 'rights', 'business'],
  ['Shaka', '3016', '', 'media', 'technical'],
  ['Shaka', '4032', '', 'media', 'technical'],
  ['Shaka', '6007', '', 'drm', 'technical'],
  ['Shaka', '6014', '', 'drm', 'business'],
  ['Shaka', '10010', '', 'ad', 'technical'],
  ['MediaError', '2', '', 'network', 'technical'],
  ['MediaError', '3', '', 'media', 'technical'],
  ['MediaError', 'MEDIA_ERR_DECODE', '', 'media', 'technical'],
  ['IVS', 'ErrorAuthorization', '', 'rights', 'business'],
  ['IVS', 'ErrorNetworkIO', '', 'network', 'technical'],
  ['IVS', 'ErrorNotSupported', '', 'media', 'technical'],
  ['a site', 'GEO_BLOCKED', '', 'rights', 'business'],
  ['a site', 'geo-restricted', '', 'rights', 'business'],
  ['a site', 'E12', 'Your subscription has expired', 'rights', 'business'],
  ['a site', 'E13', 'concurrent stream limit reached', 'rights', 'business'],
  ['nobody', '', '', '', 'technical'],
] as const) {
  test(`${player} ${errorCode} ${message} is ${fault || 'nothing known'}, ${errorClass}`, () => {
    const event = playerEvent(0, 'error', { errorCode, message });
    expect([faultOfError(event), classOfError(event)]).toEqual([fault, errorClass]);
  });
}

test('business by the sender stays business', () => {
  expect(classOfError(playerEvent(0, 'error', { errorCode: 'fragLoadError', errorClass: 'business' }))).toBe(
    'business',
  );
});

test('a long message costs no more than a short one', () => {
  const message = `license ${'a '.repeat(500_000)}`;
  expect(faultOfError(playerEvent(0, 'error', { message }))).toBe('drm');
});
