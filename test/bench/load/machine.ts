import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a measured number belongs to. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
};

export function machine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

export function machineLine({ cpu, cores, memoryGiB, system, node }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`;
}

/** How busy the machine is with everything else, to be told before a measurement begins. */
export function busyness(): string {
  return `Load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores before the run.`;
}
