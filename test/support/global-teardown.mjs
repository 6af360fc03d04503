export default async function teardown() {
  await globalThis.penstockTestBroker?.close();
  await globalThis.penstockTestServer?.stop();
}
