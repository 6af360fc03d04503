export default async function teardown() {
  await globalThis.penstockTestCluster?.close();
  await globalThis.penstockTestBroker?.close();
  await globalThis.penstockTestServer?.stop();
}
