import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { PlaypathError } from '../errors.ts';

/** Files in PEM. All empty: no TLS. */
export type TlsFiles = {
  /** The certificate with its intermediates, and its key. */
  readonly cert: string;
  readonly key: string;
  /** The authority that signs the certificates of senders; without one none are asked for. */
  readonly clientCa?: string;
};

export const NO_TLS: TlsFiles = { cert: '', key: '' };

/** What the files hold; throws `tls_unreadable` when it cannot be used, so that a bad renewal changes nothing. */
export function readTls({ cert, key, clientCa = '' }: TlsFiles): SecureContextOptions {
  try {
    const options = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      ...(clientCa === '' ? {} : { ca: readFileSync(clientCa) }),
    };
    createSecureContext(options);
    return options;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlaypathError('tls_unreadable', `the certificate ${cert} and its key cannot be used: ${reason}`, {
      cause,
    });
  }
}

/** Common name and DNS names of the sender's certificate, when one was shown and our authority has signed it. */
export function certificateNames(socket: unknown): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const { subject, subjectaltname = '' } = socket.getPeerCertificate();
  const common = typeof subject?.CN === 'string' ? [subject.CN] : [];
  const names = subjectaltname.split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  return [...common, ...names];
}
