import { isBad, type Outcome, OUTCOMES } from '../model/outcomes';
import { type Box } from './place-marks';

export type BadLabel = { readonly x: number; readonly y: number; readonly text: string };

/** Failures nearer to each other than this share a label. */
const CLUSTER_PX = 34;
/** Wide enough to carry its label inside. */
const ROOMY_PX = 24;

/** Words beside failures too narrow to carry them: `503`, `5× 503`, `3 failures`. */
export function badLabels(boxes: readonly Box[]): BadLabel[] {
  const bad = boxes.filter(({ mark, width, isDimmed }) => isFailure(mark.style) && width < ROOMY_PX && !isDimmed);
  bad.sort((a, b) => a.x - b.x);
  const clusters: Box[][] = [];
  for (const box of bad) {
    const cluster = clusters[clusters.length - 1];
    const last = cluster?.[cluster.length - 1];
    if (last && box.x - (last.x + last.width) < CLUSTER_PX) {
      cluster.push(box);
    } else {
      clusters.push([box]);
    }
  }
  return clusters.map((cluster) => {
    const last = cluster[cluster.length - 1];
    return { x: last.x + last.width + 3, y: last.y + last.height / 2, text: textOf(cluster) };
  });
}

function textOf(cluster: readonly Box[]): string {
  const count = cluster.reduce((sum, box) => sum + box.count, 0);
  const words = new Set(cluster.map(({ mark }) => mark.label));
  if (words.size > 1) {
    return `${count} failures`;
  }
  return count > 1 ? `${count}× ${cluster[0].mark.label}` : cluster[0].mark.label;
}

function isFailure(style: string): boolean {
  return (OUTCOMES as readonly string[]).includes(style) && isBad(style as Outcome);
}
