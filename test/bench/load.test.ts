import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CLOUDFRONT_HEADER, loadLines } from './load/lines.ts';

test('the load is the same bytes everywhere and always', () => {
  const cloudFront = createHash('sha256').update(CLOUDFRONT_HEADER);
  const combined = createHash('sha256');
  for (const line of loadLines(10_000)) {
    cloudFront.update(line.cloudFront);
    combined.update(line.combined);
  }
  expect(cloudFront.digest('hex')).toBe('9b162efa0fd18d868cae5acc1486f5ae2f1bff0848b08a5713b4801cfc15a41a');
  expect(combined.digest('hex')).toBe('86d63b4feae55dc276f2544b038ceea1a28ecc92f8c25d2429ab294adc7726a7');
});
