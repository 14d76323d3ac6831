import { MappingType, stringToJsRegex, type ValueMapping, type ValueMappingResult } from '@grafana/data';

/** What the panel's value mappings make of a state or outcome; undefined when none speaks of it. */
export function mappedWord(mappings: ValueMapping[], word: string): ValueMappingResult | undefined {
  for (const mapping of mappings) {
    if (mapping.type === MappingType.ValueToText && Object.hasOwn(mapping.options, word)) {
      return mapping.options[word];
    }
    if (mapping.type === MappingType.RegexToText && isMatch(mapping.options.pattern, word)) {
      return mapping.options.result;
    }
  }
  return undefined;
}

/** A user types the pattern, so it may be no pattern at all. */
function isMatch(pattern: string, word: string): boolean {
  try {
    return stringToJsRegex(pattern).test(word);
  } catch {
    return false;
  }
}
