import { catalogue } from "../lib/messages.ts";
import { en } from "../lib/messages/demo/en.ts";
import { ru } from "../lib/messages/demo/ru.ts";
import { th } from "../lib/messages/demo/th.ts";
import { vi } from "../lib/messages/demo/vi.ts";
import { zh } from "../lib/messages/demo/zh.ts";

export const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
