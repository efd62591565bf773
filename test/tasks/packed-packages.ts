import { packPackages } from '../packaging/pack-packages.js';
import { runTool } from './run-tool.js';

/** publint and attw on what would be published. */
export async function checkPackedPackages(): Promise<number> {
  const packed = await packPackages();
  try {
    let failed = 0;
    for (const tarball of packed.tarballs) {
      failed += await runTool('publint', [tarball, '--strict']);
      failed += await runTool('attw', [
        tarball,
        '--format',
        'ascii',
        '--no-emoji',
        '--exclude-entrypoints',
        'package.json',
      ]);
    }
    return failed;
  } finally {
    await packed.remove();
  }
}
