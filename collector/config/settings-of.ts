import { z } from 'zod';
import { type Branch, SETTINGS, type Setting } from './setting.ts';

/** One key a person may write. `path` holds `[]` where a list entry stands. */
export type SettingAt = {
  readonly path: readonly string[];
  readonly setting: Setting;
};

export type SectionAt = { readonly path: readonly string[]; readonly branch: Branch };

/** Every key of a schema in the order it is written down, sections before what they hold. */
export function* settingsOf(schema: z.core.$ZodType, path: readonly string[] = []): Generator<SettingAt | SectionAt> {
  const meta = SETTINGS.get(schema);
  if (meta === undefined) throw new Error(`${path.join('.')} is not made by setting.ts`);
  switch (meta.kind) {
    case 'section':
      yield { path, branch: meta };
      for (const [key, inner] of Object.entries(meta.shape)) yield* settingsOf(inner, [...path, key]);
      return;
    case 'entries':
      yield* settingsOf(meta.entry, [...path, '[]']);
      return;
    case 'variants':
      yield { path, branch: meta };
      for (const variant of meta.variants) yield* variantSettings(variant, path);
      return;
    default:
      yield { path, setting: meta };
  }
}

function* variantSettings(variant: z.core.$ZodType, path: readonly string[]): Generator<SettingAt | SectionAt> {
  if (!(variant instanceof z.ZodObject)) return;
  for (const [key, inner] of Object.entries(variant.shape)) {
    if (inner instanceof z.ZodLiteral) {
      const setting: Setting = {
        kind: 'choice',
        description: '',
        shownDefault: '(required)',
        choices: [...inner.values].map(String),
      };
      yield { path: [...path, key], setting };
    } else {
      yield* settingsOf(inner, [...path, key]);
    }
  }
}
