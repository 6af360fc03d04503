export default async function teardown() {
  await globalThis.penstockTestServer?.stop();
}
