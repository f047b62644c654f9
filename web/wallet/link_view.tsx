// The link that is being dealt with: a request or an offer.

import { useEffect, useState } from "preact/hooks";
import { useCommon } from "../lib/common.ts";
import { Busy } from "../lib/page.tsx";
import { ConsentView } from "./consent_view.tsx";
import { OfferView } from "./offer_view.tsx";
import { Failure, View } from "./parts.tsx";
import { type Link, readLink } from "./protocol/link.ts";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { goInstead, keptLink, useHome } from "./state.tsx";
import { useWallet } from "./text.ts";

export function LinkView() {
	const t = useWallet();
	const common = useCommon();
	const home = useHome();
	const [link, setLink] = useState<Link | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		keptLink(home)
			.then((text) => {
				if (text) setLink(readLink(text));
				else goInstead("");
			})
			.catch((error: unknown) =>
				setProblem(asProblem(error, "link_unknown")),
			);
	}, [home]);
	if (problem)
		return (
			<View title={t("scan")}>
				<Failure problem={problem} />
			</View>
		);
	if (link?.kind === "request") return <ConsentView link={link} />;
	if (link?.kind === "offer") return <OfferView link={link.link} />;
	return (
		<View title={t("reading_request")}>
			<Busy text={common("loading")} />
		</View>
	);
}
