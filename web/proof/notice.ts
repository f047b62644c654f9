// The notice before the face check. What is shown is what is hashed: both
// come from the same list.
import { duration } from "../lib/messages.ts";
import type { ProofText } from "./text.ts";
import type { Session } from "./session.ts";

export interface Clause {
	heading: string;
	body: string;
}

/** The wallet or app that asked, in words a person may know. */
export function clientName(client: string): string {
	try {
		return new URL(client).host;
	} catch {
		return client;
	}
}

export function clauses(t: ProofText, session: Session): Clause[] {
	const { frames_s, evidence_days } = session.notice.retention;
	const kept = duration(t.locale, years(evidence_days) * 86400);
	const frames =
		frames_s === 0
			? t("notice_frames_none")
			: t("notice_frames_for", { time: duration(t.locale, frames_s) });
	return [
		{
			heading: t("notice_who"),
			body: t("notice_who_text", {
				controller: session.controller,
				client: clientName(session.client),
			}),
		},
		{ heading: t("notice_why"), body: t("notice_why_text") },
		{ heading: t("notice_how"), body: t("notice_how_text") },
		{
			heading: t("notice_kept"),
			body: `${frames} ${t("notice_kept_text", { time: kept })}`,
		},
		{ heading: t("notice_need"), body: t("notice_need_text") },
		{ heading: t("notice_free"), body: t("notice_free_text") },
		{
			heading: t("notice_rights"),
			body: t("notice_rights_text", { controller: session.controller }),
		},
	];
}

/** Days of whole years, rounded to those that `duration` calls years. */
function years(days: number): number {
	return days >= 365 && days % 365 <= 3 ? days - (days % 365) : days;
}

/** The notice as one text: what the consent is bound to. */
export function noticeText(list: Clause[]): string {
	return list.map((c) => `${c.heading}\n${c.body}\n`).join("\n");
}

/** base64url(SHA-256) of a text; null where the page is not secure. */
export async function digest(text: string): Promise<string | null> {
	if (!globalThis.crypto?.subtle)
		return null;
	const bytes = new TextEncoder().encode(text);
	const hash = await crypto.subtle.digest("SHA-256", bytes);
	return btoa(String.fromCharCode(...new Uint8Array(hash)))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}
