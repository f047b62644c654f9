// The kernels of AArch64, built by its cross compiler and run by qemu: Debian's gcc-aarch64-linux-gnu,
// libc6-dev-arm64-cross and qemu-user.  ./setup does not install them (about 250 MB); skipped loudly without them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const CC = 'aarch64-linux-gnu-gcc';
const PROGRAM = 'build/aarch64/tests/face/kernels';

function missing() {
	for (const program of [CC, 'qemu-aarch64'])
		if (spawnSync(program, ['--version']).status !== 0) return `${program} is not installed`;
	const libc = spawnSync(CC, ['-print-file-name=libc.a'], { encoding: 'utf8' }).stdout.trim();
	return libc.includes('/') ? false : 'libc6-dev-arm64-cross is not installed';
}

const reason = missing();
if (reason) console.error(`SKIPPED the kernels of AArch64: ${reason}`);

test('each kernel of AArch64 does what is defined', { skip: reason }, () => {
	const made = spawnSync('make', ['-s', 'BUILD=aarch64', `CC=${CC}`, 'PKGS=', PROGRAM], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	const run = spawnSync('qemu-aarch64', [PROGRAM], { encoding: 'utf8' });
	assert.equal(run.status, 0, run.stdout + run.stderr);
	assert.deepEqual(run.stdout.trim().split('\n'), ['neon', 'portable']);
});
