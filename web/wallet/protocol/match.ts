// Which of the cards answers a query (DCQL, OpenID4VP 1.0 section 6), and
// with which claims.

import { DcqlQuery } from "dcql";
import { Problem } from "./problem.ts";
import type { Claims, ClaimPath } from "./sdjwt.ts";

export interface Candidate {
	id: string;
	vct: string;
	claims: Claims;
	authorityKeyIds: string[];
}

export interface Choice {
	queryId: string;
	/** The candidates that fit, in their order. */
	cardIds: string[];
	paths: ClaimPath[];
}

type Credential = Parameters<typeof DcqlQuery.query>[1][number];

const asCredential = (candidate: Candidate): Credential =>
	({
		credential_format: "dc+sd-jwt",
		vct: candidate.vct,
		claims: candidate.claims,
		cryptographic_holder_binding: true,
		...(candidate.authorityKeyIds.length > 0
			? {
					authority: {
						type: "aki",
						values: candidate.authorityKeyIds,
					},
				}
			: {}),
	}) as Credential;

/** Ids of the credential queries to answer: the first option of each set. */
function wantedIds(
	query: DcqlQuery.Output,
	result: ReturnType<typeof DcqlQuery.query>,
): string[] {
	if (!query.credential_sets) return query.credentials.map((c) => c.id);
	const ids = new Set<string>();
	for (const set of query.credential_sets) {
		if (set.required === false) continue;
		const option = set.options.find((ids) =>
			ids.every((id) => result.credential_matches[id]?.success),
		);
		for (const id of option ?? []) ids.add(id);
	}
	return [...ids];
}

function pathsOf(
	query: DcqlQuery.Output,
	queryId: string,
	indexes: readonly number[] | undefined,
): ClaimPath[] {
	const asked = query.credentials.find((c) => c.id === queryId);
	const claims = asked && "claims" in asked ? asked.claims : undefined;
	// 6.4.1: "If claims is absent, the Verifier is requesting no claims that
	// are selectively disclosable".
	if (!claims || !indexes) return [];
	return indexes.flatMap((i) => {
		const claim = claims[i];
		return claim && "path" in claim ? [claim.path as ClaimPath] : [];
	});
}

/**
 * What to answer.  Optional sets are left out: who did not have to ask gets
 * nothing.  Throws Problem nothing_fits.
 */
export function match(
	query: DcqlQuery.Output,
	candidates: Candidate[],
): Choice[] {
	if (candidates.length === 0) throw new Problem("nothing_fits", "no card");
	const credentials = candidates.map(asCredential) as Parameters<
		typeof DcqlQuery.query
	>[1];
	const result = DcqlQuery.query(query, credentials);
	if (!result.can_be_satisfied) throw new Problem("nothing_fits");
	return wantedIds(query, result).map((queryId) => {
		const found = result.credential_matches[queryId];
		if (!found?.success) throw new Problem("nothing_fits", queryId);
		const cardIds = found.valid_credentials.flatMap((v) => {
			const candidate = candidates[v.input_credential_index];
			return candidate ? [candidate.id] : [];
		});
		const [set] = found.valid_credentials[0].claims.valid_claim_sets;
		return {
			queryId,
			cardIds,
			paths: pathsOf(query, queryId, set.valid_claim_indexes),
		};
	});
}
