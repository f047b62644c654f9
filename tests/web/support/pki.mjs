// Certificates for tests: roots, leaves and what is wrong with some of them.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const x509 = await import("@peculiar/x509");
x509.cryptoProvider.set(globalThis.crypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86400e3;

export const newPair = () =>
	crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

let serial = 16;

export async function makeRoot(name, { ca = true, from = -30 } = {}) {
	const keys = await newPair();
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: (serial++).toString(16),
		subject: `CN=${name}`,
		issuer: `CN=${name}`,
		notBefore: new Date(Date.now() + from * DAY_MS),
		notAfter: new Date(Date.now() + 3650 * DAY_MS),
		signingAlgorithm: ALGORITHM,
		publicKey: keys.publicKey,
		signingKey: keys.privateKey,
		extensions: [
			new x509.BasicConstraintsExtension(ca, undefined, true),
			new x509.KeyUsagesExtension(
				x509.KeyUsageFlags.keyCertSign |
					x509.KeyUsageFlags.digitalSignature,
				true,
			),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return { name, keys, x5c: certificate.toString("base64") };
}

export async function makeLeaf(name, root, options = {}) {
	const { from = -1, days = 90, ca = false, critical, path, eku } = options;
	const { usage = x509.KeyUsageFlags.digitalSignature } = options;
	const keys = await newPair();
	const extensions = [
		new x509.BasicConstraintsExtension(ca, path, true),
		await x509.AuthorityKeyIdentifierExtension.create(
			root.keys.publicKey,
		),
		new x509.KeyUsagesExtension(
			ca ? x509.KeyUsageFlags.keyCertSign : usage,
			true,
		),
	];
	if (options.dns)
		extensions.push(
			new x509.SubjectAlternativeNameExtension([
				{ type: "dns", value: options.dns },
			]),
		);
	if (eku) extensions.push(new x509.ExtendedKeyUsageExtension([eku]));
	if (critical)
		extensions.push(
			new x509.Extension(critical, true, new Uint8Array([5, 0])),
		);
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: (serial++).toString(16),
		subject: `CN=${name}`,
		issuer: `CN=${options.issuerName ?? root.name}`,
		notBefore: new Date(Date.now() + from * DAY_MS),
		notAfter: new Date(Date.now() + (from + days) * DAY_MS),
		signingAlgorithm: ALGORITHM,
		publicKey: keys.publicKey,
		signingKey: root.keys.privateKey,
		extensions,
	});
	const own = certificate.toString("base64");
	return {
		name,
		keys,
		x5c: own,
		der: new Uint8Array(certificate.rawData),
		chain: [own, ...(root.chain ?? [])],
	};
}
