import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../house/tree.ts';

const text = z.string().min(1);
const SERVICE = z.strictObject({
  image: text.regex(/^[\w./-]+:(?!latest$)[\w.-]+$/),
  build: text.optional(),
  restart: z.literal('unless-stopped'),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(text).optional(),
  security_opt: z.array(text).optional(),
  profiles: z.array(text).optional(),
  command: z.array(text).optional(),
  environment: z.record(text, z.string()).optional(),
  healthcheck: z.strictObject({ disable: z.literal(true) }).optional(),
  volumes: z.array(text).optional(),
  // Published on loopback only: nothing here knows a password.
  ports: z.array(text.regex(/^127\.0\.0\.1:(\d+):\1$/)).optional(),
  depends_on: z
    .union([z.array(text), z.record(text, z.strictObject({ condition: z.literal('service_healthy') }))])
    .optional(),
});
const COMPOSE = z.strictObject({
  name: z.literal('playpath'),
  services: z.record(text, SERVICE),
  volumes: z.record(text, z.null()),
});
export type Service = z.infer<typeof SERVICE>;
export type Mount = { readonly source: string; readonly target: string; readonly mode: string };

/** docker-compose.yml; throws when it has a key nobody checks. */
export function composeFile(): z.infer<typeof COMPOSE> {
  return COMPOSE.parse(yamlFile('docker-compose.yml'));
}

export function yamlFile(path: string): unknown {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

export function mountsOf({ volumes = [] }: Service): readonly Mount[] {
  return volumes.map((volume) => {
    const [source = '', target = '', mode = 'rw'] = volume.split(':');
    return { source, target, mode };
  });
}

/** The file of this repository that a container finds at `path`; '' when nothing is mounted there. */
export function repositoryPath(service: Service, path: string): string {
  const mount = mountsOf(service).find(({ source, target }) => isBind(source) && within(path, target));
  return mount === undefined ? '' : join(mount.source, path.slice(mount.target.length));
}

export function isBind(source: string): boolean {
  return source.startsWith('./');
}

/** `host:port` of a URL or an address. */
export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const url = new URL(address.includes('://') ? address : `http://${address}`);
  return { host: url.hostname, port: Number(url.port) };
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
