/** What one nginx of the bed needs to know; paths are absolute. */
export type NginxSettings = {
  readonly runDir: string;
  readonly mediaDir: string;
  readonly ports: { readonly origin: number; readonly edgeA: number; readonly edgeB: number; readonly rig: number };
};

/** The origin: files, at 30 kB/s or with a late first byte when a fault says so. */
export function originConfig(settings: NginxSettings): string {
  const { runDir, mediaDir, ports } = settings;
  return nginx(
    settings,
    'origin',
    'origin-1',
    `
  server {
    listen 127.0.0.1:${ports.origin};
    root ${runDir}/www;
    set $rate 0;
    if (-f ${runDir}/faults/origin-throttle.$title) { set $rate 30k; }
    # nginx cannot wait by itself; asking the rig for leave before the answer delays the first byte.
    location = /delay {
      internal; auth_request off;
      if (!-f ${runDir}/faults/origin-late.$title) { return 204; }
      proxy_pass http://127.0.0.1:${ports.rig}/delay?uri=$request_uri;
      proxy_pass_request_body off;
    }
    auth_request /delay;
    limit_rate $rate;
    add_header Cache-Control "public, max-age=600";
    # \`alias\` and not a rewrite: the logged URI has to be the one that was asked for.
    location ~ "^/[a-z0-9-]+/(?<file>(hls/v|dash/init|dash/chunk|film).*)$" { alias ${mediaDir}/$file; }
    location / { }
  }`,
  );
}

/** An edge: a cache in front of the origin. Edge A passes the query on, edge B strips it, as CDNs do by configuration. */
export function edgeConfig(settings: NginxSettings, edge: 'a' | 'b'): string {
  const { runDir, ports } = settings;
  const upstream = edge === 'a' ? 'http://origin' : 'http://origin$uri';
  const isOn = (fault: string) => `-f ${runDir}/faults/edge-${edge}-${fault}.$title`;
  return nginx(
    settings,
    `edge-${edge}`,
    `edge-${edge}`,
    `
  proxy_cache_path ${runDir}/cache-${edge} levels=1:2 keys_zone=cache:4m max_size=200m inactive=10m use_temp_path=off;
  upstream origin { server 127.0.0.1:${ports.origin}; keepalive 8; }
  server {
    listen 127.0.0.1:${edge === 'a' ? ports.edgeA : ports.edgeB};
    set $rate 0;
    if (${isOn('throttle')}) { set $rate 16k; }
    location / {
      if ($request_method = OPTIONS) {
        add_header Access-Control-Allow-Origin *;
        add_header Access-Control-Allow-Headers "traceparent, x-request-id, CMCD-Request, CMCD-Object, CMCD-Session, CMCD-Status, Range";
        add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS";
        add_header Access-Control-Max-Age 7200;
        return 204;
      }
      set $fault 0;
      if (${isOn('503')}) { set $fault 1; }
      if ($uri ~ "\\.m4s$") { set $fault "\${fault}s"; }
      if ($fault = "1s") { return 503; }
      limit_rate $rate;
      proxy_pass ${upstream};
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host origin.test; proxy_set_header X-Request-ID $rid;
      proxy_cache cache; proxy_cache_key $uri; proxy_cache_valid 200 10m; proxy_cache_valid 404 5s; proxy_cache_lock on;
      proxy_buffering on; proxy_max_temp_file_size 0;
      # Without \`always\` a 503 has no CORS and no timing headers, and the page cannot see its status.
      add_header Access-Control-Allow-Origin * always;
      add_header Access-Control-Expose-Headers "X-Request-ID, X-Cache, CMSD-Static, CMSD-Dynamic, Server-Timing, Age" always;
      add_header Timing-Allow-Origin * always;
      add_header X-Request-ID $rid always; add_header X-Cache $upstream_cache_status always;
      add_header CMSD-Dynamic '"edge-${edge}";rtt=1' always; add_header CMSD-Static 'n="origin-1"' always;
      add_header Server-Timing 'cdn-cache;desc=$upstream_cache_status, cdn-rid;desc="$rid", cdn-pop;desc="edge-${edge}"' always;
    }
  }`,
  );
}

/**
 * Everything the three have in common. A fault is a file that nginx looks for on each request, so switching needs no
 * reload; it names the film (first path segment), so parallel playbacks have faults of their own.
 */
function nginx(settings: NginxSettings, name: string, node: string, servers: string): string {
  const { runDir } = settings;
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off; worker_processes 1; ${user} pid ${runDir}/${name}.pid; error_log ${runDir}/logs/${name}.error.log warn;
events { worker_connections 256; }
http {
  map $request_id $node { default ${node}; }
  map $http_x_request_id $rid { default $http_x_request_id; "" $request_id; }
  map $request_uri $title { default none; "~^/(?<film>[a-z0-9-]+)/" $film; }
  ${LOG_FORMATS}
  access_log ${runDir}/logs/${name}.json jlog; access_log ${runDir}/logs/${name}.log combined_plus;
  types { application/vnd.apple.mpegurl m3u8; application/dash+xml mpd; video/mp4 mp4 m4s; }
  default_type application/octet-stream;
  sendfile on; tcp_nopush on; keepalive_timeout 65; server_tokens off;
  client_body_temp_path ${runDir}/${name}.cb; proxy_temp_path ${runDir}/${name}.pt; fastcgi_temp_path ${runDir}/${name}.ft;
  uwsgi_temp_path ${runDir}/${name}.ut; scgi_temp_path ${runDir}/${name}.st;
${servers}
}
`;
}

/** `nginx-json` and `nginx-combined-plus` as docs/connect/nginx.md proposes them to operators. */
const LOG_FORMATS = `log_format jlog escape=json '{"ts":$msec,"time":"$time_iso8601","node":"$node","request_id":"$rid","remote_addr":"$remote_addr","remote_port":"$remote_port",'
    '"conn":"$connection","conn_reqs":"$connection_requests","proto":"$server_protocol","host":"$http_host","method":"$request_method","uri":"$uri","args":"$args",'
    '"status":$status,"bytes_sent":$bytes_sent,"body_bytes_sent":$body_bytes_sent,"request_length":$request_length,"request_time":$request_time,"completion":"$request_completion",'
    '"cache_status":"$upstream_cache_status","upstream_addr":"$upstream_addr","upstream_status":"$upstream_status","upstream_connect_time":"$upstream_connect_time","upstream_header_time":"$upstream_header_time","upstream_response_time":"$upstream_response_time",'
    '"traceparent":"$http_traceparent","x_request_id":"$http_x_request_id","cmcd_object":"$http_cmcd_object","cmcd_request":"$http_cmcd_request","cmcd_session":"$http_cmcd_session","cmcd_status":"$http_cmcd_status",'
    '"referer":"$http_referer","origin":"$http_origin","ua":"$http_user_agent","range":"$http_range","content_type":"$sent_http_content_type","tcp_rtt_us":"$tcpinfo_rtt"}';
  log_format combined_plus '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" '
    'rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time" cs=$upstream_cache_status rid=$rid';`;
