import { isbot } from 'isbot';
import { scrubbed } from '../privacy/scrub.ts';
import { BOT_WORDS, DEVICES, SOFTWARE, SYSTEMS } from './user-agent-rules.ts';

/** What a user agent says, in a closed set of names (semantics.md section 1). */
export type UserAgentClass = {
  /** Player or application; `Other` for those nobody listed, '' without a user agent. */
  readonly software: string;
  readonly os: string;
  /** `desktop, mobile, tablet, tv, console, speaker, other`. */
  readonly deviceClass: string;
  readonly isBot: boolean;
  /** The user agent as it may be stored and shown: scrubbed, and no longer than `LONGEST_USER_AGENT`. */
  readonly text: string;
};

/** Characters of a user agent that are looked at, and kept. */
export const LONGEST_USER_AGENT = 512;

const UNKNOWN: UserAgentClass = { software: '', os: '', deviceClass: 'other', isBot: false, text: '' };

/**
 * Classes of user agents, remembered for the ones seen last. One instance per process.
 * `isbot` alone would call 29 % of podcast apps and 65 % of player libraries bots, so it is asked last and only about
 * what looks like a browser or says that it crawls.
 */
export class UserAgents {
  readonly #limit: number;
  readonly #known = new Map<string, UserAgentClass>();

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  classify(userAgent: string): UserAgentClass {
    if (userAgent === '') return UNKNOWN;
    const known = this.#known.get(userAgent);
    if (known !== undefined) {
      // A map keeps its order of insertion: what was used last goes to the end.
      this.#known.delete(userAgent);
      this.#known.set(userAgent, known);
      return known;
    }
    const made = classOf(userAgent);
    // So long that many of them would fill the memory.
    if (userAgent.length > LONGEST_USER_AGENT) return made;
    this.#known.set(userAgent, made);
    if (this.#known.size > this.#limit) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    return made;
  }

  get size(): number {
    return this.#known.size;
  }
}

function classOf(whole: string): UserAgentClass {
  const userAgent = whole.slice(0, LONGEST_USER_AGENT);
  const software = SOFTWARE.find(({ says }) => says.test(userAgent));
  const os = SYSTEMS.find(({ says }) => says.test(userAgent))?.name ?? '';
  const deviceClass = DEVICES.find(({ says }) => says.test(userAgent))?.name ?? 'other';
  return {
    software: software?.name ?? 'Other',
    os,
    deviceClass,
    isBot: isBotAgent(userAgent, software?.isPlayer),
    // Scrubbed before it is cut, so that no address is cut into something that does not look like one.
    text: scrubbed(whole).slice(0, LONGEST_USER_AGENT),
  };
}

function isBotAgent(userAgent: string, isPlayer = false): boolean {
  if (BOT_WORDS.test(userAgent)) return isbot(userAgent);
  return !isPlayer && userAgent.startsWith('Mozilla/') && isbot(userAgent);
}
