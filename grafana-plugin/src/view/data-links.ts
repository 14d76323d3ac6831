import { type DataFrame, type LinkModel } from '@grafana/data';
import { type RowRef } from '../model/span';

/** Links of every field of the rows, each once. A link on all fields of a row is one link to the reader. */
export function dataLinks(series: readonly DataFrame[], rows: readonly RowRef[]): LinkModel[] {
  const links = new Map<string, LinkModel>();
  for (const { frame, row } of rows) {
    for (const field of series[frame]?.fields ?? []) {
      for (const link of field.getLinks?.({ valueRowIndex: row }) ?? []) {
        links.set(`${link.title} ${link.href}`, link);
      }
    }
  }
  return [...links.values()];
}
