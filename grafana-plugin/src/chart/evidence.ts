import { type Lane, type Mark } from '../lanes/lane';
import { isHighlighted } from './place-marks';
import { type Cursor } from './keyboard';

/** The request after `current` among those that prove an incident, in order of time; after the last the first. */
export function nextEvidence(
  lanes: readonly Lane[],
  evidence: ReadonlySet<string>,
  current: Mark | null
): Cursor | undefined {
  const proofs = lanes
    .flatMap(({ marks }, laneIndex) => marks.map((mark): Cursor => ({ laneIndex, mark })))
    // Once each: what an origin did for a request is not another proof.
    .filter(({ mark }) => mark.subject.kind === 'request' && isHighlighted(mark, evidence))
    .sort((a, b) => a.mark.startMs - b.mark.startMs);
  const at = proofs.findIndex(({ mark }) => mark === current);
  return proofs[(at + 1) % proofs.length];
}
