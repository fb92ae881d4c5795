import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox } from "../harness/browsers.js";
import { TonePage } from "../harness/tone-page.js";

/** The measuring itself, with a plain connection from a page to itself: no server of ours is in it. */
let server: Server;
let url: string;

before(async () => {
  server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

for (const launch of [launchChromium, launchFirefox]) {
  test(`a tone sent over a connection is heard, and no other (${launch.name})`, async () => {
    const browser = await launch();
    try {
      const page = await TonePage.open(browser, 1100, browser.name);
      await page.page.goto(url);
      await page.page.evaluate(() => window.probe.loopback());
      await page.hearsExactly([1100]);
      assert.ok((await page.longestSilence(1100, Date.now() - 500)) < 400);
      assert.equal(await page.lastHeard(440), 0);
    } finally {
      await browser.close();
    }
  });
}
