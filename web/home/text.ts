import { catalogue } from "../lib/messages.ts";
import { en } from "../lib/messages/home/en.ts";
import { ru } from "../lib/messages/home/ru.ts";
import { th } from "../lib/messages/home/th.ts";
import { vi } from "../lib/messages/home/vi.ts";
import { zh } from "../lib/messages/home/zh.ts";

export const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
