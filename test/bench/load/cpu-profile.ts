type Frame = { readonly functionName: string; readonly url: string };
type ProfileNode = { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] };
/** What `node --cpu-prof` writes; times in microseconds. */
export type CpuProfile = {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/**
 * Seconds of the main thread by stage. `stageOf` names the stage of a frame, '' when it has none of its own: a library
 * or a builtin belongs to whoever called it. Time that nobody's frame is above is `other`; idle time is left out.
 */
export function secondsByStage(profile: CpuProfile, stageOf: (frame: Frame) => string): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const stages = new Map<number, string>();
  const visit = (id: number, above: string): void => {
    const node = nodes.get(id);
    if (node === undefined) throw new RangeError(`the profile has no node ${id}`);
    const stage = stageOf(node.callFrame) || above;
    stages.set(id, stage);
    for (const child of node.children ?? []) visit(child, stage);
  };
  const [root] = profile.nodes;
  if (root !== undefined) visit(root.id, 'other');
  const seconds = new Map<string, number>();
  for (const [i, id] of profile.samples.entries()) {
    if (nodes.get(id)?.callFrame.functionName === '(idle)') continue;
    const stage = stages.get(id) ?? 'other';
    seconds.set(stage, (seconds.get(stage) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1e6);
  }
  return seconds;
}
