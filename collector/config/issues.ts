import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { Problem } from './problem.ts';
import type { SectionAt, SettingAt } from './settings-of.ts';

type ProblemAt = (path: readonly PropertyKey[], message: string, atKey?: boolean) => Problem;

/** The schema's findings in words; unknown keys become one problem each, with the key that was probably meant. */
export function issuesAsProblems(
  issues: readonly z.core.$ZodIssue[],
  settings: readonly (SettingAt | SectionAt)[],
  problemAt: ProblemAt,
): Problem[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => {
          const hint = didYouMean(key, keysBelow(issue.path, settings));
          return problemAt([...issue.path, key], `is not a known key here.${hint}`, true);
        })
      : [problemAt(issue.path, issue.message)],
  );
}

function keysBelow(path: readonly PropertyKey[], settings: readonly (SettingAt | SectionAt)[]): Set<string> {
  const wanted = path.map((part) => (typeof part === 'number' ? '[]' : String(part)));
  const below = settings.filter((at) => wanted.every((part, depth) => at.path[depth] === part));
  return new Set(below.flatMap((at) => at.path[wanted.length] ?? []));
}
