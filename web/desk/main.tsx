import { useCommon } from "../lib/common.ts";
import { Busy, Frame, mount } from "../lib/page.tsx";

function Page() {
	const t = useCommon();
	return (
		<Frame title={t("yufu")}>
			<Busy text={t("loading")} />
		</Frame>
	);
}

mount(Page);
