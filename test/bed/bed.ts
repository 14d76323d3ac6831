import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemCommand } from '../support/system-packages.ts';
import { BedBrowser, type Playback } from './browser.ts';
import { claimRun, sweepDeadRuns } from './dead-runs.ts';
import { writeManifests } from './manifests.ts';
import { makeMedia } from './media.ts';
import { edgeConfig, originConfig } from './nginx-config.ts';
import type { PageOptions } from './page-options.ts';
import { Daemon, freePorts } from './program.ts';
import { RigServer } from './rig-server.ts';
import { takeTurn } from './turn.ts';

/** Kept between runs: encoding the film is the only slow step. */
const CACHE_DIR = fileURLToPath(new URL('./work/', import.meta.url));

/**
 * Switchable faults. `edge-*-503`: 503 on segments; `edge-*-throttle`: 16 kB/s; `origin-throttle`: 30 kB/s;
 * `origin-late`: the first byte comes after `originDelayMs`; `steer-to-b`: content steering prefers edge B.
 */
export const FAULTS = [
  'edge-a-503',
  'edge-b-503',
  'edge-a-throttle',
  'edge-b-throttle',
  'origin-throttle',
  'origin-late',
  'steer-to-b',
] as const;
export type Fault = (typeof FAULTS)[number];

export type BedOptions = {
  /** For tests that measure nothing: does not wait until no other bed is playing on this machine. */
  readonly isShared?: boolean;
  /** What `origin-late` means. */
  readonly originDelayMs?: number;
};

/** Which film a page plays (its own URLs and faults, so parallel pages do not meet) and how. */
export type PlayOptions = Partial<PageOptions> & {
  readonly player: PageOptions['player'];
  /** First path segment of every URL of this film: lower case, digits and dashes. */
  readonly title: string;
  /** Path below the film, e.g. `hls/master-redundant.m3u8`; fetched from edge A. */
  readonly file: string;
};

export type Bed = {
  /** Base URLs, e.g. `http://127.0.0.1:43123`. */
  readonly edgeA: string;
  readonly edgeB: string;
  readonly origin: string;
  readonly pageUrl: string;
  /** Log files by party and form; `capture` is what the sink recorded. */
  readonly logs: Readonly<Record<LogName, string>>;
  fault(name: Fault, title: string, isOn: boolean): void;
  play(options: PlayOptions): Promise<Playback>;
  /** Status the capture sink answers with from now on. */
  answerSinkWith(status: number): void;
  /** Copies logs and capture into `folder`, in the layout of test/fixtures/recordings. */
  saveRecording(folder: string): void;
  stop(): Promise<void>;
};

const LOG_NAMES = ['edge-a.json', 'edge-b.json', 'origin.json', 'edge-a.log', 'edge-b.log', 'origin.log'] as const;
type LogName = (typeof LOG_NAMES)[number] | 'capture';

/**
 * A real player, two real caching edges and a real origin, all on loopback at ports that were free: headless Chromium
 * with hls.js, dash.js or Shaka through two nginx edges in front of an nginx origin, with faults that can be switched.
 * Needs nginx, ffmpeg and chromium (`requireSystem`).
 */
export async function startBed(options: BedOptions = {}): Promise<Bed> {
  const giveTurnBack = options.isShared ? () => undefined : await takeTurn(CACHE_DIR);
  const mediaDir = await makeMedia(CACHE_DIR, systemCommand('ffmpeg'));
  sweepDeadRuns(CACHE_DIR);
  const runDir = mkdtempSync(join(CACHE_DIR, 'run-'));
  claimRun(runDir);
  for (const folder of ['logs', 'faults', 'www']) mkdirSync(join(runDir, folder));
  const [originPort, portA, portB, rigPort] = (await freePorts(4)) as [number, number, number, number];
  const isOn = (name: Fault, title: string) => existsSync(join(runDir, 'faults', `${name}.${title}`));

  const captureFile = join(runDir, 'sink.ndjson');
  writeFileSync(captureFile, '');
  const rig = new RigServer({
    captureFile,
    originDelayMs: () => options.originDelayMs ?? 2500,
    steersToB: (title) => isOn('steer-to-b', title),
  });
  await rig.listen(rigPort);

  const settings = {
    runDir,
    mediaDir,
    ports: { origin: originPort, edgeA: portA, edgeB: portB, rig: rigPort },
  };
  const servers = await startServers(runDir, [
    { name: 'origin', config: originConfig(settings), port: originPort },
    { name: 'edge-a', config: edgeConfig(settings, 'a'), port: portA },
    { name: 'edge-b', config: edgeConfig(settings, 'b'), port: portB },
  ]);
  const browser = new BedBrowser(systemCommand('chromium'));
  const base = (port: number) => `http://127.0.0.1:${port}`;
  const pageUrl = base(rigPort);
  const logs = Object.fromEntries(LOG_NAMES.map((name) => [name, join(runDir, 'logs', name)]));

  return {
    edgeA: base(portA),
    edgeB: base(portB),
    origin: base(originPort),
    pageUrl,
    logs: { ...(logs as Record<(typeof LOG_NAMES)[number], string>), capture: captureFile },
    fault(name, title, on) {
      const file = join(runDir, 'faults', `${name}.${title}`);
      if (on) writeFileSync(file, '');
      else rmSync(file, { force: true });
    },
    play(play) {
      writeManifests(mediaDir, join(runDir, 'www'), play.title, {
        edgeA: base(portA),
        edgeB: base(portB),
        steeringUrl: pageUrl,
      });
      const { title, file, ...chosen } = play;
      return browser.play(pageUrl, {
        sid: randomUUID(),
        content: title,
        cmcd: 0,
        cmcdMode: 'query',
        batch: 1,
        // The rig's own sink records in the capture format; a live collector is named by whoever plays.
        ingest: pageUrl,
        hookUrl: '',
        hookSession: '',
        ridHosts: '',
        bufferSeconds: 8,
        retries: 'one',
        src: `${base(portA)}/${title}/${file}`,
        ...chosen,
      });
    },
    answerSinkWith: (status) => rig.answerSinkWith(status),
    saveRecording(folder) {
      mkdirSync(folder, { recursive: true });
      for (const name of LOG_NAMES) copyFileSync(join(runDir, 'logs', name), join(folder, name));
      copyFileSync(captureFile, join(folder, 'sink.ndjson'));
      writeFileSync(join(folder, 'console.txt'), browser.console.join('\n'));
    },
    async stop() {
      await browser.close();
      await Promise.all(servers.map((server) => server.stop()));
      await rig.close();
      rmSync(runDir, { recursive: true, force: true });
      giveTurnBack();
    },
  };
}

async function startServers(
  runDir: string,
  wanted: readonly { readonly name: string; readonly config: string; readonly port: number }[],
): Promise<Daemon[]> {
  const servers = wanted.map(({ name, config }) => {
    const file = join(runDir, `${name}.conf`);
    writeFileSync(file, config);
    const errorLog = join(runDir, 'logs', `${name}.error.log`);
    return new Daemon(systemCommand('nginx'), ['-p', runDir, '-c', file, '-e', errorLog], runDir);
  });
  try {
    await Promise.all(servers.map((server, i) => server.listening(wanted[i]!.port)));
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  return servers;
}
