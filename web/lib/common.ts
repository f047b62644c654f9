import { catalogue } from "./messages.ts";
import { en } from "./messages/common/en.ts";
import { ru } from "./messages/common/ru.ts";
import { th } from "./messages/common/th.ts";
import { vi } from "./messages/common/vi.ts";
import { zh } from "./messages/common/zh.ts";

/** Texts that any page may need: problems, claims, levels, buttons. */
export const useCommon = catalogue<typeof en>({ en, zh, th, vi, ru });
