import { catalogue } from "../lib/messages.ts";
import { en } from "../lib/messages/wallet/en.ts";
import { ru } from "../lib/messages/wallet/ru.ts";
import { th } from "../lib/messages/wallet/th.ts";
import { vi } from "../lib/messages/wallet/vi.ts";
import { zh } from "../lib/messages/wallet/zh.ts";

export const useWallet = catalogue<typeof en>({ en, zh, th, vi, ru });
