import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the playlists and manifests that name both edges into `wwwDir/<title>/{hls,dash}`; ports differ from run to
 * run, so these cannot be cached. `steeringUrl` answers content steering for HLS and DASH.
 */
export function writeManifests(
  mediaDir: string,
  wwwDir: string,
  title: string,
  urls: { readonly edgeA: string; readonly edgeB: string; readonly steeringUrl: string },
): void {
  const hls = join(wwwDir, title, 'hls');
  const dash = join(wwwDir, title, 'dash');
  mkdirSync(hls, { recursive: true });
  mkdirSync(dash, { recursive: true });
  const bases = [`${urls.edgeA}/${title}`, `${urls.edgeB}/${title}`] as const;
  const master = readFileSync(join(mediaDir, 'hls', 'master.m3u8'), 'utf8');
  writeFileSync(join(hls, 'master.m3u8'), master);
  writeFileSync(join(hls, 'master-redundant.m3u8'), bothEdges(master, bases, false));
  writeFileSync(
    join(hls, 'master-steer.m3u8'),
    bothEdges(master, bases, true).replace(
      '#EXT-X-VERSION',
      `#EXT-X-CONTENT-STEERING:SERVER-URI="${urls.steeringUrl}/${title}/steering.json",PATHWAY-ID="cdn-a"\n#EXT-X-VERSION`,
    ),
  );
  const mpd = readFileSync(join(mediaDir, 'dash', 'manifest.mpd'), 'utf8');
  const locations = bases
    .map((base, i) => `<BaseURL serviceLocation="cdn-${'ab'[i]}">${base}/dash/</BaseURL>`)
    .join('\n\t');
  const steering = `<ContentSteering defaultServiceLocation="cdn-a" queryBeforeStart="false">${urls.steeringUrl}/${title}/dash-steering.json</ContentSteering>`;
  writeFileSync(join(dash, 'manifest.mpd'), mpd);
  writeFileSync(join(dash, 'manifest-two-cdns.mpd'), mpd.replace('<Period', `${locations}\n\t<Period`));
  writeFileSync(join(dash, 'manifest-steer.mpd'), mpd.replace('<Period', `${locations}\n\t${steering}\n\t<Period`));
}

/** Every variant twice: first all of edge A, then all of edge B, as redundant variants or as steering pathways. */
function bothEdges(master: string, bases: readonly [string, string], hasPathways: boolean): string {
  const lines = master.split('\n').filter(Boolean);
  const head = lines.filter((line) => line.startsWith('#') && !line.startsWith('#EXT-X-STREAM-INF'));
  const variants = bases.flatMap((base, i) =>
    lines.flatMap((line, at) => {
      if (!line.startsWith('#EXT-X-STREAM-INF')) return [];
      return [hasPathways ? `${line},PATHWAY-ID="cdn-${'ab'[i]}"` : line, `${base}/hls/${lines[at + 1]}`];
    }),
  );
  return `${[...head, ...variants].join('\n')}\n`;
}
