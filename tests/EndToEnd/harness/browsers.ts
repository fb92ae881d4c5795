import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { SoundCard } from "./sound-card.js";

/** A browser with a fresh profile, which is removed again when it is closed. */
export interface LaunchedBrowser {
  readonly browser: Browser;
  readonly name: string;
  close(): Promise<void>;
}

export async function launchChromium(): Promise<LaunchedBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "spaces-chromium-"));
  const browser = await puppeteer.launch({
    browser: "chrome",
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    headless: true,
    userDataDir: profile,
    protocolTimeout: 60_000,
    defaultViewport: null,
    args: [
      "--window-size=1100,800",
      "--no-sandbox",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
      "--allow-loopback-in-peer-connection",
      "--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints",
      "--disable-background-networking",
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
    ],
  });
  return { browser, name: "Chromium", close: () => close(browser, profile) };
}

export async function launchFirefox(): Promise<LaunchedBrowser> {
  const soundCard = await SoundCard.start();
  const profile = mkdtempSync(join(tmpdir(), "spaces-firefox-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env["FIREFOX"] ?? "/usr/bin/firefox-esr",
    headless: true,
    userDataDir: profile,
    protocolTimeout: 60_000,
    // Setting a viewport needs a command that older ESR releases do not have; the window's own size does as well.
    defaultViewport: null,
    args: ["--width=1100", "--height=800"],
    env: { ...process.env, ...soundCard.environment },
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      // Without the permission Firefox offers only the address of the default route, which pairs with no loopback.
      "permissions.default.microphone": 1,
      "media.autoplay.default": 0,
      "media.autoplay.blocking_policy": 0,
      "dom.min_background_timeout_value": 4,
      "dom.timeout.enable_budget_timer_throttling": false,
    },
  });
  return { browser, name: "Firefox", close: () => close(browser, profile).then(() => soundCard.stop()) };
}

async function close(browser: Browser, profile: string): Promise<void> {
  const child = browser.process();
  const timer = setTimeout(() => child?.kill("SIGKILL"), 10_000);
  await browser.close().catch(() => child?.kill("SIGKILL"));
  clearTimeout(timer);
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
