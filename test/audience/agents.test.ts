import { describe, expect, test } from 'vitest';
import { type AgentKind, Agents } from '../../collector/audience/agents.ts';
import { UserAgents } from '../../collector/enrich/user-agent.ts';
import type { Client } from '../../collector/model/client.ts';
import examples from '../fixtures/audience/opawg-examples.json' with { type: 'json' };
import { clientOf } from './facts.ts';

const agents = new Agents();
const classes = new UserAgents();
/** A client as the edge makes it: isbot is asked there. */
const known = (userAgent: string): Client => clientOf({ userAgent, isBot: classes.classify(userAgent).isBot });

describe('the OPAWG list knows its own examples [formats.md 6]', () => {
  for (const [list, kind] of [
    ['caches', 'cache'],
    ['bots', 'bot'],
    ['apps', 'app'],
    ['libraries', 'library'],
    ['browsers', 'browser'],
  ] as const) {
    test(list, () => {
      expect(examples[list].length).toBeGreaterThan(1);
      expect(examples[list].filter((userAgent) => agents.kindOf(userAgent) !== kind)).toEqual([]);
      expect(examples[list].filter((userAgent) => agents.isBot(known(userAgent)) !== (kind === 'bot'))).toEqual([]);
    });
  }
});

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
for (const [what, userAgent, isBot] of [
  ['no user agent is unknown, not a bot', '', false],
  ['OPAWG first: its app is no bot whatever isbot says', 'Lavf/60.3.100', false],
  ['OPAWG first: its bot is one', 'castget 1.2.4 (castget rss enclosure downloader)', true],
  ['isbot second: a crawler OPAWG does not know', 'UnheardOf-Crawler/1.0 (+https://crawler.example)', true],
  ['isbot second: a crawler with the words of a browser', `${CHROME} (compatible; UnheardOfBot/1.0)`, true],
  ['a browser', CHROME, false],
  ['an app nobody listed', 'VeryOwnRadio/1.0', false],
] as const) {
  test(what, () => expect(agents.isBot(known(userAgent))).toBe(isBot));
}

test('a sign of the CDN that a client is a bot counts where OPAWG has no word', () => {
  expect(agents.isBot(clientOf({ userAgent: 'VeryOwnRadio/1.0', isBot: true }))).toBe(true);
  expect(agents.isBot(null)).toBe(false);
});

test('remembers no more than its limit, and says the same again', () => {
  const few = new Agents(2);
  const kinds = (): AgentKind[] =>
    ['Overcast/3.0', 'Spotify/1.0', 'nobody/1', 'Overcast/3.0'].map((it) => few.kindOf(it));
  expect(kinds()).toEqual(kinds());
});
