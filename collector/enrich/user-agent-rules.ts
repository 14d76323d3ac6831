/** One row: the first whose pattern matches names the software, system or device. Order matters. */
export type UserAgentRule = { readonly name: string; readonly says: RegExp; readonly isPlayer?: true };

/** What calls itself a robot, whatever else it says. */
export const BOT_WORDS = /bot\b|bot[/_-]|crawl|spider/i;

const player = (name: string, says: RegExp): UserAgentRule => ({ name, says, isPlayer: true });

/** Players and apps first: most of them carry a browser's words as well. */
export const SOFTWARE: readonly UserAgentRule[] = [
  player('Roku', /^Roku\b|\bRoku\/DVP/),
  player('Spotify', /^Spotify/),
  player('Apple Podcasts', /^(?:Podcasts|Balados|Podcasti|Podcastit|Podkasty|Podcast)\/|^iTMS|^Apple Podcasts/i),
  player('iTunes', /^iTunes\//),
  player('Overcast', /^Overcast/),
  player('Pocket Casts', /Pocket ?Casts/i),
  player('Castbox', /CastBox/i),
  player('AntennaPod', /AntennaPod/),
  player('TuneIn', /TuneIn/i),
  player('Deezer', /^Deezer/),
  player('Sonos', /\bSonos\b/i),
  player('Alexa', /AlexaMediaPlayer|\bAlexa\b|^Echo\//i),
  player('VLC', /\b(?:Lib)?VLC\b/i),
  player('Kodi', /^(?:Kodi|XBMC)\//),
  player('mpv', /^mpv\b/),
  player('foobar2000', /^foobar2000/),
  player('Winamp', /^Winamp/i),
  player('GStreamer', /GStreamer/),
  player('FFmpeg', /^Lavf\/|FFmpeg/),
  player('ExoPlayer', /ExoPlayer|AndroidXMedia3/i),
  player('AppleCoreMedia', /AppleCoreMedia/),
  player('Stagefright', /stagefright/),
  player('Chromecast', /\bCrKey\b/),
  player('Tizen', /\bTizen\b/),
  player('webOS', /\bWeb0S\b|\bwebOS\b/),
  player('Fire TV', /\bAFT[A-Z0-9]+\b/),
  player('PlayStation', /PlayStation/),
  player('Xbox', /\bXbox\b/),
  player('HbbTV', /HbbTV/),
  player('OkHttp', /^okhttp\//),
  player('Dalvik', /^Dalvik\//),
  player('CFNetwork', /CFNetwork/),
  { name: 'Edge', says: /\bEdg(?:e|A|iOS)?\// },
  { name: 'Opera', says: /\bOPR\/|^Opera\// },
  { name: 'Samsung Internet', says: /SamsungBrowser/ },
  { name: 'Firefox', says: /\bFirefox\/|\bFxiOS\// },
  { name: 'Chrome', says: /\b(?:Headless)?Chrome\/|\bCriOS\/|\bChromium\// },
  { name: 'Safari', says: /\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\// },
  { name: 'curl', says: /^curl\// },
  { name: 'Wget', says: /^Wget\// },
];

export const SYSTEMS: readonly UserAgentRule[] = [
  { name: 'Roku OS', says: /\bRoku\b/ },
  { name: 'tvOS', says: /Apple ?TV|tvOS/ },
  { name: 'iOS', says: /iPhone|iPod|iPad|CPU OS \d|\biOS\b/ },
  { name: 'Tizen', says: /\bTizen\b/ },
  { name: 'webOS', says: /\bWeb0S\b|\bwebOS\b/ },
  { name: 'Fire OS', says: /\bAFT[A-Z0-9]+\b/ },
  { name: 'Xbox', says: /\bXbox\b/ },
  { name: 'PlayStation', says: /PlayStation/ },
  { name: 'Android', says: /Android|ExoPlayer|^Dalvik/ },
  { name: 'Windows', says: /Windows/ },
  { name: 'macOS', says: /Macintosh|Mac OS X|\bmacOS\b/ },
  { name: 'ChromeOS', says: /\bCrOS\b/ },
  { name: 'Linux', says: /Linux|\bX11\b/ },
];

export const DEVICES: readonly UserAgentRule[] = [
  { name: 'speaker', says: /\bSonos\b|\bAlexa\b|AlexaMediaPlayer|^Echo\/|HomePod|AudioAccessory/i },
  { name: 'console', says: /PlayStation|\bXbox\b|Nintendo/ },
  {
    name: 'tv',
    says: /\bRoku\b|Apple ?TV|tvOS|SMART-?TV|\bWeb0S\b|\bwebOS\b|\bAFT[A-Z0-9]+\b|\bCrKey\b|HbbTV|BRAVIA|Android ?TV|Google ?TV|Tizen.*\bTV\b/i,
  },
  { name: 'tablet', says: /iPad|Tablet|\bSM-[TX]\d|Android(?!.*Mobile).*(?:Chrome|Safari)\// },
  { name: 'mobile', says: /iPhone|iPod|Android|\bMobile\b|^Dalvik/ },
  { name: 'desktop', says: /Windows|Macintosh|Mac OS X|\bCrOS\b|Linux|\bX11\b/ },
];
